import { characterData, type Range, tagAt, tagPattern } from "./tag-scanner.ts";
import { decodeReferences } from "./xml-text.ts";

const MASK = "********";

/** What was seen since a struct began or ended. Its values are secret if one of its names is, whichever comes first. */
interface Struct {
  readonly values: Range[];
  named: boolean;
  secret: boolean;
}

/**
 * An answer to a GetParameterValues has hundreds of these: one parameter, written plainly, that nothing is wrong with. Taken
 * at once, unless its name is hidden.
 */
const PLAIN_STRUCT =
  /<ParameterValueStruct>\s*<Name>([^<&]+)<\/Name>\s*<Value(?: [\w:]+="[^"<>]*")?>[^<]*<\/Value>\s*<\/ParameterValueStruct>/y;

/**
 * Makes what takes the secrets out of an envelope: `********` in place of each Value of a parameter whose name ends in one of
 * `hiddenNames` (its last segment, such as `ConnectionRequestPassword`) and of each Password argument. An empty value stays
 * empty: it holds no secret.
 *
 * Works on any text, well-formed or not, in linear time. Where a broken text leaves doubt, such as a value without a name or
 * without an end, it masks.
 */
export function secretMask(hiddenNames: ReadonlySet<string>): (text: string) => string {
  const hidden = new Set([...hiddenNames, "Password"].map((name) => name.toLowerCase()));
  const wanted = tagPattern(["name", "value", ...hidden], ["struct"]);
  const plain = new RegExp(PLAIN_STRUCT);
  return (text) => replaceRanges(text, secretsIn(text, hidden, wanted, plain));
}

function secretsIn(text: string, hidden: ReadonlySet<string>, wanted: RegExp, plain: RegExp): readonly Range[] {
  const secrets: Range[] = [];
  let struct = emptyStruct();
  const endStruct = () => {
    if (struct.secret || !struct.named) for (const value of struct.values) secrets.push(value);
    struct = emptyStruct();
  };
  const isWhole = (name: string) => name === "value" || hidden.has(name);
  wanted.lastIndex = 0;
  for (let found = wanted.exec(text); found !== null; found = wanted.exec(text)) {
    plain.lastIndex = found.index;
    const name = plain.exec(text)?.[1];
    if (name !== undefined && !isSecret(name, hidden)) {
      endStruct();
      wanted.lastIndex = plain.lastIndex;
      continue;
    }
    const tag = tagAt(text, found.index, isWhole);
    wanted.lastIndex = tag.content.end;
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
  if (isSecret(raw ?? "", hidden)) struct.secret = true;
}

function isSecret(rawName: string, hidden: ReadonlySet<string>): boolean {
  const name = lastName(rawName);
  return name === "" || hidden.has(name);
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
