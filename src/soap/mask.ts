import { MASK, maskUrls } from "../cwmp/mask.ts";
import { characterData, escaped, type Range, tagAt, tagPattern } from "./tag-scanner.ts";
import { decodeReferences } from "./xml-text.ts";

/** The state since a struct began or ended. Its values are secret if one of its names is, whichever comes first. */
interface Struct {
  readonly values: Range[];
  named: boolean;
  secret: boolean;
}

/**
 * Makes what takes the secrets out of an envelope: `********` in place of each Value of a parameter whose name ends in one of
 * `hiddenNames` (its last segment, such as `ConnectionRequestPassword`) and of each Password argument. An empty value stays
 * empty: it holds no secret. URLs anywhere lose their secrets as well (`maskUrls`).
 *
 * Works on any text, well-formed or not, in linear time. Where a broken text leaves doubt, such as a value without a name or
 * without an end, it masks.
 */
export function secretMask(hiddenNames: ReadonlySet<string>): (text: string) => string {
  const hidden = new Set([...hiddenNames, "Password"].map((name) => name.toLowerCase()));
  const wanted = tagPattern(["name", "value", ...hidden], ["struct"]);
  const plain = plainStruct([...hidden]);
  return (text) => maskUrls(maskHiddenUrls(replaceRanges(text, secretsIn(text, hidden, wanted, plain))));
}

/** A URL with a secret whose characters are written as references, such as `&#47;` for a slash, goes as a whole. */
function maskHiddenUrls(text: string): string {
  if (!text.includes("&#")) return text;
  return text.replace(/[^<>]+/g, (run) => (run.includes("&#") && hidesUrl(run) ? MASK : run));
}

function hidesUrl(run: string): boolean {
  try {
    const plain = decodeReferences(run);
    return maskUrls(plain) !== plain;
  } catch {
    return false;
  }
}

/**
 * An answer to a GetParameterValues has hundreds of these: one parameter, written plainly, that nothing is wrong with and
 * whose name is none of `hidden`. They are passed over at once.
 */
function plainStruct(hidden: readonly string[]): RegExp {
  const name = `(?!(?:[^<&]*\\.)?\\s*(?:${hidden.map(escaped).join("|")})\\s*<)[^<&]*[^<&.\\s]`;
  const value = '<Value(?: [\\w:]+="[^"<>]*")?>[^<]*</Value>';
  return new RegExp(
    `\\s*<ParameterValueStruct>\\s*<Name>${name}</Name>\\s*${value}\\s*</ParameterValueStruct>\\s*`,
    "iy",
  );
}

function secretsIn(text: string, hidden: ReadonlySet<string>, wanted: RegExp, plain: RegExp): readonly Range[] {
  const secrets: Range[] = [];
  let struct = emptyStruct();
  const endStruct = () => {
    if (struct.secret || !struct.named) for (const value of struct.values) secrets.push(value);
    struct = emptyStruct();
  };
  const isWhole = (name: string) => name === "value" || hidden.has(name);
  for (let at = 0; ; ) {
    plain.lastIndex = at;
    if (plain.test(text)) {
      endStruct();
      at = plain.lastIndex;
      continue;
    }
    wanted.lastIndex = at;
    const found = wanted.exec(text);
    if (found === null) break;
    const tag = tagAt(text, found.index, isWhole);
    at = tag.content.end;
    if (tag.name.endsWith("struct")) endStruct();
    else if (tag.closing) continue;
    else if (tag.name === "name") noteName(struct, characterData(text, tag.content.start), hidden);
    else if (hidden.has(tag.name) || tag.doubtful) secrets.push(tag.content);
    else if (tag.name === "value") struct.values.push(tag.content);
  }
  endStruct();
  return secrets;
}

function emptyStruct(): Struct {
  return { values: [], named: false, secret: false };
}

function noteName(struct: Struct, raw: string | null, hidden: ReadonlySet<string>): void {
  struct.named = true;
  const name = lastName(raw ?? "");
  if (name === "" || hidden.has(name)) struct.secret = true;
}

/** In lower case; empty where the name cannot be told. */
function lastName(raw: string): string {
  try {
    const path = decodeReferences(raw).trim();
    return path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  } catch {
    return "";
  }
}

function replaceRanges(text: string, ranges: readonly Range[]): string {
  let masked = "";
  let copied = 0;
  for (const { start, end } of ranges.toSorted((left, right) => left.start - right.start)) {
    masked += text.slice(copied, start) + (start === end ? "" : MASK);
    copied = end;
  }
  return masked + text.slice(copied);
}
