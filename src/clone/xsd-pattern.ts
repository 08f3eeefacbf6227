import { wholeValue } from "../model/formats.ts";

const MAX_LENGTH = 500;
/** Unsupported: Unicode blocks, `\i` and `\c`, class subtraction, and groups that XML Schema lacks. */
const OTHER_LANGUAGE = /\\[ciCIpP]|-\[|\(\?/;
const UNBOUNDED = /[*+]|\{\d+,\}/g;
const ESCAPES_AND_CLASSES = /\\.|\[(?:\\.|[^\]\\])*\]/gs;
const VARYING = /[*+]|\{\d+,\d*\}/;
const REPEATED_GROUP = /\)(?:([*+]|\{\d+,)|\{(\d+)\})/g;
const MAX_UNBOUNDED = 2;
/**
 * Limit for the repetitions of nested groups: enough for the six pairs of a MAC address and the four numbers of an IPv4
 * address.
 */
const MAX_REPEATED = 8;

/**
 * The regular expression of a pattern facet, which matches the whole value. Null for an unsupported pattern, and for
 * one that could be slow: the dump comes from someone else, and the ACS chooses the values.
 */
export function patternOf(alternatives: readonly string[]): RegExp | null {
  const source = alternatives.map((text) => text.replace(/(?<!\\|\[)[$^]/g, "\\$&")).join("|");
  if (source.length > MAX_LENGTH || OTHER_LANGUAGE.test(source)) return null;
  const structure = source.replace(ESCAPES_AND_CLASSES, "x");
  if (!isQuick(structure)) return null;
  try {
    return wholeValue(source);
  } catch {
    return null;
  }
}

function isQuick(structure: string): boolean {
  if ((structure.match(UNBOUNDED)?.length ?? 0) > MAX_UNBOUNDED) return false;
  const groups = [...structure.matchAll(REPEATED_GROUP)];
  if (groups.length === 0) return true;
  const times = groups.reduce((product, [, , count]) => product * Number(count ?? Number.POSITIVE_INFINITY), 1);
  return times <= MAX_REPEATED && !VARYING.test(structure);
}
