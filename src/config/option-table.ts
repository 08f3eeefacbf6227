import * as z from "zod";
import { OPTION_META, type OptionMeta } from "../options/option.ts";
import { OPTIONS, VARIABLE_PREFIX } from "./options.ts";

/** One line of the option table, flattened out of the schema. */
export interface OptionRow extends OptionMeta {
  /** `tr069.acs.url`. */
  readonly path: string;
  /** Undefined for a group. */
  readonly fallback: unknown;
  /** Options of one type of backend only. */
  readonly backendType: string | null;
  /** The environment variable with its prefix, or null. */
  readonly environment: string | null;
}

/** The rows in the order of the settings file, groups before their options. Options that two types of backend share stand twice. */
export function optionRows(table: z.ZodObject = OPTIONS): readonly OptionRow[] {
  return rowsBelow(table, "", null);
}

/** Options only, each path once. */
export function leafRows(table: z.ZodObject = OPTIONS): readonly OptionRow[] {
  const byPath = new Map<string, OptionRow>();
  for (const row of optionRows(table)) {
    if (row.kind !== "section" && !byPath.has(row.path)) byPath.set(row.path, row);
  }
  return [...byPath.values()];
}

function rowsBelow(schema: z.ZodObject, prefix: string, backendType: string | null): OptionRow[] {
  return Object.entries(schema.shape).flatMap(([key, child]) =>
    rowsOf(child as z.ZodType, `${prefix}${key}`, backendType),
  );
}

function rowsOf(schema: z.ZodType, path: string, backendType: string | null): OptionRow[] {
  if (schema instanceof z.ZodPrefault) return rowsOf(schema.unwrap() as z.ZodType, path, backendType);
  const row = rowOf(schema, path, backendType);
  if (schema instanceof z.ZodObject) return [row, ...rowsBelow(schema, `${path}.`, backendType)];
  const groups = groupsOfList(schema);
  if (groups !== null) return [row, ...rowsBelow(groups, `${path}.`, backendType)];
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return [row];
  const variants = schema.options as readonly z.ZodObject[];
  return [row, ...variants.flatMap((variant) => rowsBelow(variant, `${path}.`, typeOf(variant)))];
}

/** The options of each element of a list of groups. Their path is that of the list, without an index. */
function groupsOfList(schema: z.ZodType): z.ZodObject | null {
  const list = schema instanceof z.ZodDefault ? schema.unwrap() : schema;
  return list instanceof z.ZodArray && list.element instanceof z.ZodObject ? list.element : null;
}

function rowOf(schema: z.ZodType, path: string, backendType: string | null): OptionRow {
  const meta = OPTION_META.get(schema);
  if (meta === undefined) throw new Error(`the option ${path} has no words in the option table`);
  const environment = meta.variable === undefined ? null : `${VARIABLE_PREFIX}${meta.variable}`;
  const fallback = schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
  return { ...meta, path, fallback, backendType, environment };
}

function typeOf(variant: z.ZodObject): string {
  const { type } = variant.shape;
  return type instanceof z.ZodLiteral ? String(type.value) : "";
}
