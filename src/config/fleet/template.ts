/** The values for the places of a template. */
export interface TemplateValues {
  /** The number of the phone in its fleet, 0 or more. */
  readonly i: number;
  readonly group: string;
  /** Twelve hexadecimal digits in upper case. */
  readonly mac: string;
}

/** @param mac with or without colons */
export function templateValues(i: number, group: string, mac: string): TemplateValues {
  return { i, group, mac: mac.replaceAll(":", "").toUpperCase() };
}

/** A text with places such as `{i:06}` (decimal, filled up with zeros), `{i:04x}`, `{group}` or `{mac}`; `{{` is a brace. */
export interface Template {
  /** Whether it is another text for another phone. */
  readonly isOwn: boolean;
  fill(values: TemplateValues): string;
}

export const TEMPLATE_HELP = "{i}, {i:06}, {i:04x}, {group} and {mac} are filled in, {{ and }} stand for braces";

const PLACE = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;
const NUMBER = /^i(?::(\d{1,2})?([xXd]?))?$/;

type Part = string | ((values: TemplateValues) => string);

/** Null: the template has an unknown place. */
export function parseTemplate(text: string): Template | null {
  const parts: Part[] = [];
  let at = 0;
  for (const found of text.matchAll(PLACE)) {
    const part = partOf(found[0], found[1]);
    if (part === null) return null;
    parts.push(text.slice(at, found.index), part);
    at = found.index + found[0].length;
  }
  parts.push(text.slice(at));
  const isOwn = parts.some((part) => typeof part !== "string");
  return { isOwn, fill: (values) => parts.map((part) => (typeof part === "string" ? part : part(values))).join("") };
}

function partOf(found: string, name: string | undefined): Part | null {
  if (found === "{{" || found === "}}") return found.slice(1);
  if (name === "group") return ({ group }) => group;
  if (name === "mac") return ({ mac }) => mac;
  const [matched, width = "0", base = ""] = NUMBER.exec(name ?? "") ?? [];
  if (matched === undefined) return null;
  return ({ i }) => {
    const digits = i.toString(base.toLowerCase() === "x" ? 16 : 10);
    return (base === "X" ? digits.toUpperCase() : digits).padStart(Number(width), "0");
  };
}
