import * as z from "zod";
import { OPTION_META, type OptionMeta } from "../options/option.ts";
import { OPTIONS, VARIABLE_PREFIX } from "./options.ts";

type Schema = z.core.JSONSchema.BaseSchema;

/** The settings file for editors, as JSON Schema: completion, hover texts, red lines. `config.schema.json` is this text. */
export function settingsJsonSchema(): string {
  return `${JSON.stringify(jsonSchemaOf(OPTIONS), null, 2)}\n`;
}

/** Of a table of options. */
export function jsonSchemaOf(table: z.ZodObject): Schema {
  return z.toJSONSchema(table, {
    io: "input",
    target: "draft-7",
    override: ({ zodSchema, jsonSchema }) => {
      const meta = zodSchema instanceof z.ZodType ? OPTION_META.get(zodSchema) : undefined;
      if (meta !== undefined) describe(jsonSchema, meta);
      if (zodSchema instanceof z.ZodPrefault) delete jsonSchema.default;
      if (zodSchema instanceof z.ZodDiscriminatedUnion) relaxBackend(jsonSchema);
    },
  });
}

function describe(schema: Schema, meta: OptionMeta): void {
  if (meta.kind === "number" || meta.kind === "flag" || meta.kind === "choice") allowVariable(schema);
  schema.title = meta.title;
  schema.description = descriptionOf(meta);
}

/**
 * A backend without a type has the default type, which zod cannot express; a `${VARIABLE}` as the type allows the keys
 * of all types.
 */
function relaxBackend(schema: Schema): void {
  const [byDefault, ...others] = schema.oneOf ?? [];
  if (byDefault !== undefined) delete byDefault.required;
  const short = {
    type: "string",
    description: "The path of a plug-in such as ./my-phone.mjs, or a type alone.",
  } as const;
  schema.anyOf = [...(byDefault === undefined ? [] : [byDefault]), ...others, short];
  delete schema.oneOf;
}

/** A `${VARIABLE}` may stand for any value; for texts the schema allows that as it is. */
function allowVariable(schema: Schema): void {
  const { default: fallback, ...rest } = schema;
  for (const key of Object.keys(schema)) delete schema[key];
  if (fallback !== undefined) schema.default = fallback;
  schema.anyOf = [rest, { type: "string", pattern: "\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}" }];
}

function descriptionOf({ description, kind, allowed, variable }: OptionMeta): string {
  const rule = kind === "section" ? "" : ` Allowed: ${allowed}.`;
  return `${description}${rule}${variable === undefined ? "" : ` Environment: ${VARIABLE_PREFIX}${variable}.`}`;
}
