import {
  type Document,
  type ErrorCode,
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type ParsedNode,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";
import type { Finding } from "../cwmp/findings.ts";

export type OptionPath = readonly (string | number)[];

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A settings file that is well-formed YAML: its values and their positions. */
export interface YamlDocument {
  readonly file: string;
  readonly values: Readonly<Record<string | number, unknown>>;
  /** Where the value at `path` begins; if it is missing, where the nearest existing group begins. */
  placeOf(path: OptionPath): Place;
  /** The position of the key, the last name of `path`. */
  placeOfKey(path: OptionPath): Place;
}

export interface ParsedYaml {
  /** Null when the text is too malformed to be read. */
  readonly document: YamlDocument | null;
  readonly findings: readonly Finding[];
}

/** Aliases that one file may expand to: a guard against files that blow up to gigabytes. */
const MAX_ALIASES = 100;
/** Nesting of groups; the deepest option is five levels down. The code that reads values recurses at each level. */
const MAX_DEPTH = 50;

export function parseYaml(file: string, text: string): ParsedYaml {
  try {
    return readYaml(file, text);
  } catch (error) {
    // The parser recurses at each level without a limit of its own.
    if (error instanceof RangeError) return { document: null, findings: [{ file, line: 1, column: 1, ...TOO_DEEP }] };
    throw error;
  }
}

function readYaml(file: string, text: string): ParsedYaml {
  const lines = new LineCounter();
  // A group used as a key is a mistake and may hold a secret: neither we nor the library show it.
  const options = { strict: true, stringKeys: true, logLevel: "error" } as const;
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false, ...options });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const report = (error: Pick<YAMLError, "code" | "pos">): Finding => ({
    file,
    ...placeAt(error.pos[0]),
    code: error.code === "DUPLICATE_KEY" ? "DUPLICATE_KEY" : "YAML_SYNTAX",
    message: PROBLEMS[error.code],
  });
  const findings = firstOfEachLine([...parsed.errors, ...parsed.warnings, ...lostAliases(parsed)].map(report));
  // A duplicate key leaves the rest readable, so that the whole file is checked in one run.
  if (findings.some(({ code }) => code !== "DUPLICATE_KEY")) return { document: null, findings };

  if (isTooDeep(parsed)) throw new RangeError(TOO_DEEP.message);
  const values = valuesOf(parsed);
  if (isGroup(values)) return { document: { file, values, ...places(parsed, placeAt) }, findings };
  const problem: Finding = { file, line: 1, column: 1, ...(values === null ? TOO_LARGE : NOT_A_GROUP) };
  return { document: null, findings: [...findings, problem] };
}

/** The parser reports an alias without its anchor only when the value is read. */
function lostAliases(parsed: Document<ParsedNode>): Pick<YAMLError, "code" | "pos">[] {
  const lost: Pick<YAMLError, "code" | "pos">[] = [];
  visit(parsed, {
    Alias(_, alias) {
      const start = alias.range?.[0] ?? 0;
      if (alias.resolve(parsed) === undefined) lost.push({ code: "BAD_ALIAS", pos: [start, start] });
    },
  });
  return lost;
}

function isTooDeep(parsed: Document<ParsedNode>): boolean {
  let deepest = 0;
  visit(parsed, {
    Collection(_key, _node, parents) {
      deepest = Math.max(deepest, parents.filter(isCollection).length + 1);
      return deepest > MAX_DEPTH ? visit.BREAK : undefined;
    },
    // An alias inside its own anchor would never end.
    Alias(_key, alias, parents) {
      const named = alias.resolve(parsed);
      if (named === undefined || !parents.includes(named)) return;
      deepest = Number.POSITIVE_INFINITY;
      return visit.BREAK;
    },
  });
  return deepest > MAX_DEPTH;
}

/** Further syntax mistakes on a line mostly follow from the first. */
function firstOfEachLine(findings: readonly Finding[]): Finding[] {
  const broken = new Set<number>();
  return findings.filter(({ code, line }) => {
    if (code === "DUPLICATE_KEY") return true;
    if (broken.has(line)) return false;
    broken.add(line);
    return true;
  });
}

const TOO_LARGE = {
  code: "TOO_LARGE",
  message: "aliases (*name) make this file too large; write the values themselves",
};
const TOO_DEEP = {
  code: "TOO_DEEP",
  message: `the groups are nested more than ${MAX_DEPTH} deep: a line break is missing, or an alias (*name) stands in what it names`,
};
const NOT_A_GROUP = {
  code: "WRONG_VALUE",
  message: "the settings must be keys with values, such as `tr069:` with indented keys below it",
};

/** An empty file is an empty tree. Null when aliases expand too far. */
function valuesOf(parsed: Document<ParsedNode>): unknown {
  try {
    return parsed.toJS({ maxAliasCount: MAX_ALIASES }) ?? {};
  } catch {
    return null;
  }
}

function places(
  parsed: Document<ParsedNode>,
  placeAt: (offset: number) => Place,
): Pick<YamlDocument, "placeOf" | "placeOfKey"> {
  const offsetOf = (path: OptionPath): number => {
    const node = path.length === 0 ? parsed.contents : parsed.getIn(path, true);
    if (isNode(node) && node.range) return node.range[0];
    return path.length === 0 ? 0 : offsetOf(path.slice(0, -1));
  };
  return {
    placeOf: (path) => placeAt(offsetOf(path)),
    placeOfKey(path) {
      const group = path.length === 1 ? parsed.contents : parsed.getIn(path.slice(0, -1), true);
      const pairs = isMap(group) ? group.items : [];
      const pair = pairs.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)));
      const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
      return placeAt(offset ?? offsetOf(path));
    },
  };
}

/** Keys with values, as opposed to a list or a single value. */
export function isGroup(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Mistakes in a YAML text, in our own words: the parser's messages quote the surrounding text, which may be a
 * password.
 */
const PROBLEMS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: "an alias (*name) cannot carry an anchor or a tag",
  BAD_ALIAS: "a value that begins with * refers to an anchor, and there is none of that name; put the value in quotes",
  BAD_COLLECTION_TYPE: "the tag (!…) does not fit the value; leave it out",
  BAD_DIRECTIVE: "a line that begins with % is not understood; put the value in quotes",
  BAD_DQ_ESCAPE: "a \\ in double quotes begins an escape that does not exist; write \\\\ or use single quotes",
  BAD_INDENT: "the indentation does not fit the lines above: keys of one group begin in the same column",
  BAD_PROP_ORDER: "an anchor (&name) or tag (!…) stands in the wrong place",
  BAD_SCALAR_START: "a value cannot begin with this character; put the value in quotes",
  BLOCK_AS_IMPLICIT_KEY: "a `key: value` cannot follow another one on the same line",
  BLOCK_IN_FLOW: "indented lines cannot stand within { } or [ ]",
  DUPLICATE_KEY: "this key stands twice in its group; leave one of them out",
  IMPOSSIBLE: "this is not YAML",
  KEY_OVER_1024_CHARS: "a key is longer than 1024 characters; is a line break or a quote missing?",
  MISSING_CHAR: "a quote, bracket, comma, colon or space is missing here or just before (`key: value` needs the space)",
  MULTILINE_IMPLICIT_KEY: "a key must stand on one line and end with a colon; is the colon missing, or a quote?",
  MULTIPLE_ANCHORS: "a value can have one anchor (&name) only",
  MULTIPLE_DOCS: "the file must hold one document; leave out the lines --- and ... within it",
  MULTIPLE_TAGS: "a value can have one tag (!…) only",
  NON_STRING_KEY: "a key must be a word",
  RESOURCE_EXHAUSTION: "the file is nested too deeply",
  TAB_AS_INDENT: "tabs cannot indent; use spaces",
  TAG_RESOLVE_FAILED: "a value that begins with ! is a tag, and this one is unknown; put the value in quotes",
  UNEXPECTED_TOKEN: "this does not belong here; is a quote, a colon or a space missing?",
};
