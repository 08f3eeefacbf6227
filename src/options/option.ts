import * as z from "zod";
import { isHostRule } from "../system/host-rules.ts";

/** Checked settings are frozen. */
export type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** What a person reads about an option, and where else it appears. */
export interface OptionAbout {
  /** The name on the phone's web page, or a name in its manner. */
  readonly title: string;
  readonly description: string;
  readonly unit?: string;
  /** Environment variable that overrides the file, without the prefix `AKUVOX_CPE_`. */
  readonly variable?: string;
  /** The same setting in the phone's own file. */
  readonly phoneKey?: string;
  /** The extension without which the phone's file does not have that key. */
  readonly withExtension?: string;
}

export interface OptionMeta extends OptionAbout {
  readonly kind: "flag" | "number" | "choice" | "text" | "path" | "list" | "group" | "section";
  /** What may be written, as the end of the sentence "must be …". */
  readonly allowed: string;
  /** A secret: never shown. */
  readonly secret?: boolean;
  /** A path that must exist and be readable: a PEM file, any file, or a folder. */
  readonly mustExist?: MustExist;
  /** For a section: contradictions between its options. Empty while a single option is invalid. */
  readonly mismatches?: (stated: unknown) => readonly Mismatch[];
}

/** Options of a section that are right by themselves and do not fit together. */
export interface Mismatch {
  /** The options concerned, as paths from the section: the first that is set, otherwise the last. */
  readonly at: readonly string[];
  /** Whether the finding is about the key, not its value. */
  readonly key?: true;
  readonly code: string;
  readonly message: string;
  /** A warning: it may be intended. */
  readonly warning?: true;
}

export type MustExist = "pem" | "file" | "folder";

/** The documentation of each option, attached to its zod schema. */
export const OPTION_META = z.registry<OptionMeta>();

function withMeta<T extends z.ZodType>(schema: T, meta: OptionMeta): T {
  OPTION_META.add(schema, meta);
  return schema;
}

export function flag(fallback: boolean, about: OptionAbout) {
  return withMeta(z.boolean().default(fallback), { ...about, kind: "flag", allowed: "true or false" });
}

export function wholeNumber(
  range: { readonly min: number; readonly max: number },
  fallback: number,
  about: OptionAbout,
) {
  const unit = about.unit === undefined ? "" : ` (${about.unit})`;
  const allowed = `a whole number from ${range.min} to ${range.max}${unit}`;
  return withMeta(z.int().min(range.min).max(range.max).default(fallback), { ...about, kind: "number", allowed });
}

/** A number without a default: the description explains what happens when it is not set. */
export function optionalNumber(range: { readonly min: number; readonly max: number }, about: OptionAbout) {
  const schema = z.int().min(range.min).max(range.max).nullable().default(null);
  return withMeta(schema, { ...about, kind: "number", allowed: `a whole number from ${range.min} to ${range.max}` });
}

export function choice<const T extends readonly [string, ...string[]]>(
  values: T,
  fallback: T[number],
  about: OptionAbout,
) {
  const allowed = values.length === 1 ? values[0] : `one of ${values.join(", ")}`;
  // zod cannot see that a member of T is a value of the enumeration that it made from T.
  const schema = z.enum(values).default(fallback as z.output<z.ZodEnum<{ [K in T[number]]: K }>>);
  return withMeta(schema, { ...about, kind: "choice", allowed });
}

export interface TextRule {
  readonly max: number;
  readonly allowed?: string;
  readonly matches?: (text: string) => boolean;
  readonly secret?: boolean;
}

/** One line of text. The phone's file holds one setting a line and trims it, so other texts would not survive there. */
function textSchema({ max, matches }: TextRule) {
  return z.string().refine((text) => isPlainLine(text) && [...text].length <= max && (matches?.(text) ?? true));
}

export function text(rule: TextRule, fallback: string, about: OptionAbout) {
  return withMeta(textSchema(rule).default(fallback), textMeta(rule, about));
}

/** A text without a default: the description explains what happens when it is not set. */
export function optionalText(rule: TextRule, about: OptionAbout) {
  return withMeta(textSchema(rule).nullable().default(null), textMeta(rule, about));
}

function textMeta(rule: TextRule, about: OptionAbout): OptionMeta {
  const allowed = rule.allowed ?? "text on one line, without spaces around it";
  const secret = rule.secret === undefined ? {} : { secret: rule.secret };
  return { ...about, ...secret, kind: "text", allowed: `${allowed}, at most ${rule.max} characters` };
}

const PATH_ALLOWED = "a path; a relative one counts from the folder of this file";

export function path(fallback: string, about: OptionAbout) {
  return withMeta(z.string().min(1).default(fallback), { ...about, kind: "path", allowed: PATH_ALLOWED });
}

export function optionalPath(about: OptionAbout, mustExist?: MustExist) {
  const schema = z.string().min(1).nullable().default(null);
  const needs = mustExist === undefined ? {} : { mustExist };
  return withMeta(schema, { ...about, ...needs, kind: "path", allowed: PATH_ALLOWED });
}

export function optionalCommand(about: OptionAbout) {
  const allowed = "a list of a program and its arguments, such as [/sbin/reboot, -f]";
  const schema = z.array(z.string().min(1)).min(1).nullable().default(null);
  return withMeta(schema, { ...about, kind: "list", allowed });
}

const MAX_HOSTS = 256;

export function optionalHosts(about: OptionAbout) {
  const example = `[files.example.com, "*.cdn.example", 10.0.0.0/8]`;
  const allowed = `a list of host names, addresses and networks such as ${example}, at most ${MAX_HOSTS}`;
  const schema = z.array(z.string().refine(isHostRule)).max(MAX_HOSTS).nullable().default(null);
  return withMeta(schema, { ...about, kind: "list", allowed });
}

/** A group of options. Stating none of them is the same as leaving the group out. */
export function section<T extends z.ZodRawShape>(title: string, description: string, shape: T) {
  const allowed = "a group of settings: keys below it, indented";
  const schema = z.strictObject(shape);
  return withMeta(schema, { title, description, kind: "section", allowed });
}

/** Adds checks across the options of a section. */
export function mustFit<T extends z.ZodObject>(
  section: T,
  check: (settings: z.output<T>) => readonly Mismatch[],
): void {
  const mismatches = (stated: unknown): readonly Mismatch[] => {
    const { success, data } = section.safeParse(stated ?? {}, { jitless: true });
    return success ? check(data) : [];
  };
  const meta = OPTION_META.get(section);
  if (meta !== undefined) OPTION_META.add(section, { ...meta, mismatches });
}

/** A certificate and its key must be set together. */
export function keyPair(
  group: string,
  { certificate, key }: { readonly certificate: string | null; readonly key: string | null },
): readonly Mismatch[] {
  if ((certificate === null) === (key === null)) return [];
  const [there, missing] = certificate === null ? ["key", "certificate"] : ["certificate", "key"];
  const message = `${group}.${there} also needs ${group}.${missing}`;
  return [{ at: [there], key: true, code: "INCOMPLETE", message }];
}

function isPlainLine(text: string): boolean {
  return text === text.trim() && !/[\p{Cc}\u2028\u2029]/u.test(text);
}
