import { parseHttpUrl } from "../../cwmp/addresses.ts";
import { MASK, maskUrls } from "../../cwmp/mask.ts";
import { checkValue } from "../../model/value.ts";
import type { BackendKey } from "../../ports/backend.ts";
import { isOneLine, type ModelDefs } from "../model-defs.ts";
import { SETTINGS_FIELDS, type SettingsField } from "./fields.ts";

type Texts = ReadonlyMap<BackendKey, string>;

/** A submitted form: the changes, or the problems by field. */
export interface Submission {
  readonly changes: Texts;
  /** The rest of a sentence that starts with the field's label, by the field's id. */
  readonly faults: ReadonlyMap<string, string>;
  /** What the form showed or was given, to be shown again; never a password. */
  readonly shown: ReadonlyMap<string, string>;
}

/** What the form shows of a setting: a password as eight asterisks. */
export function shownText(field: SettingsField, current: Texts): string {
  const text = current.get(field.key)?.trim() || field.fallback;
  if (field.kind === "password") return text === "" ? "" : MASK;
  if (field.kind === "switch") return text === "1" ? "1" : "0";
  return maskUrls(text);
}

/** A field that was not sent, or is unchanged, is not set. */
export function readSubmission(form: Readonly<Record<string, unknown>>, current: Texts, defs: ModelDefs): Submission {
  const changes = new Map<BackendKey, string>();
  const faults = new Map<string, string>();
  const shown = new Map<string, string>();
  for (const field of SETTINGS_FIELDS) {
    const before = shownText(field, current);
    const raw = form[field.id];
    const given = typeof raw === "string" ? withoutSlips(field, raw) : before;
    shown.set(field.id, field.kind === "password" ? before : maskUrls(given));
    if (given === before || (field.kind === "password" && given === MASK)) continue;
    const fault = faultOf(field, given, defs);
    if (fault !== null) faults.set(field.id, fault);
    else changes.set(field.key, given);
  }
  return { changes, faults, shown };
}

/** Blanks around a number or a URL come from copying. */
function withoutSlips({ kind, fallback }: SettingsField, text: string): string {
  if (kind === "urlOrDefault") return text.trim() === "" ? fallback : text.trim();
  if (kind === "number") return text.trim().replace(/^0+(?=\d)/, "");
  return kind === "url" ? text.trim() : text;
}

function faultOf(field: SettingsField, text: string, defs: ModelDefs): string | null {
  if (!isOneLine(text)) return "must be one line of text.";
  if (text !== text.trim()) return "must not begin or end with a space: the phone's file cannot keep it.";
  if (text.includes(MASK)) return `must be typed again: ${MASK} stands for the password that is set.`;
  const problem = KIND_CHECKS[field.kind](text) ?? modelProblem(field, text, defs);
  return problem === null ? null : `${problem}.`;
}

const MAX_LENGTH = 256;
const isUrl = (text: string): boolean => /^https?:\/\/[^/?#\s]/i.test(text) && parseHttpUrl(text) !== null;
const lengthProblem = (text: string): string | null =>
  [...text].length <= MAX_LENGTH ? null : `must have at most ${MAX_LENGTH} characters`;

/** What holds for settings that have no parameter, and what the data model does not say. */
const KIND_CHECKS: Readonly<Record<SettingsField["kind"], (text: string) => string | null>> = {
  switch: (text) => (text === "0" || text === "1" ? null : "must be Enabled or Disabled"),
  number: () => null,
  text: lengthProblem,
  password: lengthProblem,
  url: (text) => (text === "" || isUrl(text) ? lengthProblem(text) : "must be an http:// or https:// URL, or empty"),
  urlOrDefault: (text) =>
    text === "default" || isUrl(text) ? lengthProblem(text) : "must be the word default, or an http:// or https:// URL",
};

function modelProblem({ key }: SettingsField, text: string, defs: ModelDefs): string | null {
  const def = defs.byKey(key);
  return def === undefined ? null : checkValue(def, text);
}
