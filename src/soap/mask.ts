import { characterData, type Range, scanTags } from "./tag-scanner.ts";
import { decodeReferences } from "./xml-text.ts";

const MASK = "********";

/** What was seen since a struct began or ended. Its values are secret if one of its names is, whichever comes first. */
interface Struct {
  readonly values: Range[];
  named: boolean;
  secret: boolean;
}

/**
 * An envelope for a trace: `********` in place of each Value of a parameter whose name ends in one of `hiddenNames` (its last
 * segment, such as `ConnectionRequestPassword`) and of each Password argument. An empty value stays empty: it holds no secret.
 *
 * Works on any text, well-formed or not, in linear time. Where a broken text leaves doubt, such as a value without a name or
 * without an end, it masks.
 */
export function maskSecrets(text: string, hiddenNames: ReadonlySet<string>): string {
  const hidden = new Set([...hiddenNames, "Password"].map((name) => name.toLowerCase()));
  const secrets: Range[] = [];
  let struct = emptyStruct();
  const endStruct = () => {
    if (struct.secret || !struct.named) for (const value of struct.values) secrets.push(value);
    struct = emptyStruct();
  };
  for (const tag of scanTags(text, (name) => name === "value" || hidden.has(name))) {
    if (tag.name.endsWith("struct")) endStruct();
    else if (tag.closing) continue;
    else if (tag.name === "name") noteName(struct, characterData(text, tag.content.start), hidden);
    else if (hidden.has(tag.name) || tag.doubtful) secrets.push(tag.content);
    else if (tag.name === "value") struct.values.push(tag.content);
  }
  endStruct();
  return replaceRanges(text, secrets);
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
