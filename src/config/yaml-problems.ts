import type { ErrorCode } from "yaml";

/**
 * What is wrong with a YAML text, for a person. Our own sentences, because the parser's quote the text around a fault,
 * and that may be a password.
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

export function yamlProblem(code: ErrorCode): string {
  return PROBLEMS[code];
}
