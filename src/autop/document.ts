import { AgentError } from "../cwmp/errors.ts";
import { keyOf, type Line, looksCommented, settingOf, splitLines, withValue } from "./line.ts";

/**
 * The text of a phone's AutoP file: one `Config.<File>.<SECTION>.<Item> = <value>` a line. Keys are case-insensitive.
 * Everything else stays unchanged, byte for byte: comments, order, unknown keys, line ends.
 */
export interface AutopDocument {
  /** The value, without surrounding blanks; of duplicate keys the last one counts. */
  get(key: string): string | undefined;
  has(key: string): boolean;
  /**
   * Sets the value of a key: in its effective line, or in a new one after the last line of the same section,
   * otherwise of the same `Config.<File>.`. The line uses the file's own spelling of key or section, otherwise the
   * given one.
   *
   * @throws AgentError BACKEND_REFUSED when no line can hold the value, see {@link valueRefusal}
   */
  set(key: string, value: string): void;
  /** Counts from 1; null if the key does not exist. */
  lineOf(key: string): number | null;
  /** Every existing key, in the file's spelling. */
  keys(): readonly string[];
  /** Another document, without the settings that are not kept. */
  keeping(isKept: (key: string) => boolean): AutopDocument;
  toText(): string;
}

/** Never fails: a line that is not a setting is kept unchanged. */
export function parseAutop(text: string): AutopDocument {
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
  const lines = splitLines(text.slice(mark.length));
  const byKey = new Map<string, Line>();
  /** By section and by file, in lower case: the last line, and how the first one spells it. */
  const groups = new Map<string, { readonly spelling: string; last: Line }>();
  for (const line of lines) index(line);

  function index(line: Line): void {
    const key = keyOf(line.text);
    if (key === null) return;
    byKey.set(key.toLowerCase(), line);
    for (const spelling of [fileOf(key), sectionOf(key)]) {
      const known = groups.get(spelling.toLowerCase());
      if (known === undefined) groups.set(spelling.toLowerCase(), { spelling, last: line });
      else known.last = line;
    }
  }

  function insert(key: string, value: string): void {
    const section = groups.get(sectionOf(key).toLowerCase());
    const group = section ?? groups.get(fileOf(key).toLowerCase());
    const spelled = group === undefined ? key : group.spelling + key.slice(group.spelling.length);
    const neighbour = group?.last ?? lines.at(-1);
    const line: Line = { text: value === "" ? `${spelled} =` : `${spelled} = ${value}`, end: neighbour?.end ?? "\n" };
    // If the last line has no line end, the new last line has none either.
    if (neighbour?.end === "") neighbour.end = lines[0]?.end === "\r\n" ? "\r\n" : "\n";
    lines.splice(neighbour === undefined ? 0 : lines.lastIndexOf(neighbour) + 1, 0, line);
    const file = groups.get(fileOf(key).toLowerCase());
    const lastOfFile = file?.last;
    index(line);
    // A section may end before its file does.
    if (file !== undefined && lastOfFile !== undefined && lastOfFile !== neighbour) file.last = lastOfFile;
  }

  return {
    get(key) {
      const line = byKey.get(key.toLowerCase());
      return line === undefined ? undefined : settingOf(line.text);
    },
    has: (key) => byKey.has(key.toLowerCase()),
    set(key, value) {
      const refusal = valueRefusal(value);
      if (refusal !== null) throw new AgentError("BACKEND_REFUSED", `${key}: ${refusal}`);
      const line = byKey.get(key.toLowerCase());
      if (line === undefined) insert(key, value);
      else if (settingOf(line.text) !== value) line.text = withValue(line.text, value);
    },
    lineOf(key) {
      const line = byKey.get(key.toLowerCase());
      return line === undefined ? null : lines.indexOf(line) + 1;
    },
    keys: () => [...byKey.values()].flatMap((line) => keyOf(line.text) ?? []),
    keeping(isKept) {
      const kept = lines.filter(({ text }) => isKept(keyOf(text) ?? "") || keyOf(text) === null);
      return parseAutop(mark + kept.map((line) => line.text + line.end).join(""));
    },
    toText: () => mark + lines.map((line) => line.text + line.end).join(""),
  };
}

/** Why no line of the file can hold the value, or null. Does not quote the value: it may be a secret. */
export function valueRefusal(value: string): string | null {
  if (/[\r\n]/.test(value)) return "the phone's file cannot hold a value with a line break";
  if (value.includes("\0")) return "the phone's file cannot hold a value with a NUL character";
  if (/^[ \t]|[ \t]$/.test(value)) return "the phone's file cannot hold a value that begins or ends with a space";
  if (looksCommented(value)) return "the phone's file cannot hold a value that ends like a comment (//text//)";
  if (/\p{Surrogate}/u.test(value)) return "the phone's file cannot hold a value with an unpaired surrogate";
  return null;
}

/**
 * `Config.<File>.<SECTION>.<Item>`: what a phone's file can hold, whether or not the phone knows it. A few settings have no
 * section, such as `Config.Firmware.Url`.
 */
export function isSettingKey(key: string): boolean {
  return /^Config(\.[\w-]+){2,}$/i.test(key);
}

const BYTE_ORDER_MARK = "\uFEFF";

/** `Config.Account1.` of `Config.Account1.SIP.Server`. */
function fileOf(key: string): string {
  return key.slice(0, key.indexOf(".", key.indexOf(".") + 1) + 1);
}

/** `Config.Account1.SIP.` of `Config.Account1.SIP.Server`. */
function sectionOf(key: string): string {
  return key.slice(0, key.lastIndexOf(".") + 1);
}

const HEADER = [
  "# The settings of this phone, one per line: Config.<File>.<SECTION>.<Item> = <value>",
  "# You may edit this file while the agent runs. Lines that begin with # are comments.",
];

/** What a first start writes into a missing file: every setting in the order given, the sections of a file together. */
export function factoryText(factory: ReadonlyMap<string, string>): string {
  const files = new Map<string, Map<string, string[]>>();
  for (const [key, value] of factory) {
    const [, file = "", section = ""] = key.split(".");
    const sections = entryOf(files, file, () => new Map<string, string[]>());
    entryOf(sections, section, () => []).push(value === "" ? `${key} =` : `${key} = ${value}`);
  }
  const blocks = [...files.values()].map((sections) => [...sections.values()].flat());
  return [HEADER, ...blocks].map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function entryOf<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
