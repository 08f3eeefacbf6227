import { dirname, resolve } from "node:path";
import type { Finding } from "../cwmp/findings.ts";
import { isGroup, type OptionPath, type YamlDocument } from "./yaml-document.ts";

/** The file name in findings about a variable. */
export const ENVIRONMENT = "environment";
const COMMAND_LINE = "command line";

/**
 * The settings as written, before they are checked: the values of the file, overlaid with the environment. Keeps the
 * origin of each value for findings. Lives as long as one `loadConfig`.
 */
export class SettingsTree {
  readonly #document: YamlDocument | null;
  readonly #root: Record<string, unknown>;
  /** Path → the environment variable, or the option of the command line, that states it. */
  readonly #variables = new Map<string, string>();
  readonly #sensitive = new Set<string>();

  constructor(document: YamlDocument | null) {
    this.#document = document;
    // A key without a value is one that nobody has filled in yet: it states nothing.
    this.#root = document === null ? {} : (withoutNulls(document.values) as Record<string, unknown>);
  }

  get root(): Readonly<Record<string, unknown>> {
    return this.#root;
  }

  get(path: OptionPath): unknown {
    return path.reduce<unknown>(
      (group, key) => (isGroup(group) || Array.isArray(group) ? child(group, key) : undefined),
      this.#root,
    );
  }

  /** Creates missing groups. Does nothing where one of them is not a group: that is a separate finding. */
  set(path: OptionPath, value: unknown): void {
    let group: Record<string | number, unknown> | unknown[] = this.#root;
    for (const key of path.slice(0, -1)) {
      const next: unknown = child(group, key) ?? {};
      if (!isGroup(next) && !Array.isArray(next)) return;
      define(group, key, next);
      group = next;
    }
    const last = path.at(-1);
    if (last !== undefined) define(group, last, value);
  }

  remove(path: OptionPath): void {
    const group = this.get(path.slice(0, -1));
    const last = path.at(-1);
    if (isGroup(group) && last !== undefined) delete group[last];
  }

  /** Records that an environment variable sets the option. */
  setFromVariable(path: OptionPath, value: unknown, variable: string): void {
    this.set(path, value);
    this.#variables.set(path.join("."), variable);
  }

  /** Records that an option of the command line, such as `--acs-url`, sets it. */
  setFromOption(path: OptionPath, value: unknown, option: string): void {
    this.setFromVariable(path, value, option);
  }

  /** Copies the value at one path to another, with its origin. */
  move(from: OptionPath, to: OptionPath): void {
    const value = this.get(from);
    const [source, target] = [from.join("."), to.join(".")];
    const variable = this.#variables.get(source);
    this.remove(from);
    this.#variables.delete(source);
    if (variable === undefined) this.set(to, value);
    else this.setFromVariable(to, value, variable);
    if (this.#sensitive.delete(source)) this.#sensitive.add(target);
  }

  /** Marks a value that must not be shown: it holds something of the environment. */
  markSensitive(path: OptionPath): void {
    this.#sensitive.add(path.join("."));
  }

  isSensitive(path: OptionPath): boolean {
    return this.#sensitive.has(path.join(".")) || this.#variables.has(path.join("."));
  }

  /** A finding about the value at `path`, or about its key. */
  finding(path: OptionPath, code: string, message: string, at: "value" | "key" = "value"): Finding {
    const variable = this.#variables.get(path.join("."));
    if (variable !== undefined) {
      const file = variable.startsWith("--") ? COMMAND_LINE : ENVIRONMENT;
      return { file, line: 0, column: 0, code, message: `${variable}: ${message}` };
    }
    if (this.#document === null) return { file: ENVIRONMENT, line: 0, column: 0, code, message };
    const place = at === "key" ? this.#document.placeOfKey(path) : this.#document.placeOf(path);
    return { file: this.#document.file, ...place, code, message };
  }

  /** A path that the option holds: relative to the settings file, or to the working folder when a variable states it. */
  resolvePath(optionPath: OptionPath, value: string): string {
    const stated = this.#variables.has(optionPath.join("."));
    return stated || this.#document === null ? resolve(value) : resolve(dirname(this.#document.file), value);
  }
}

function child(group: object, key: string | number): unknown {
  return Object.hasOwn(group, key) ? (group as Record<string | number, unknown>)[key] : undefined;
}

/** Not by assignment: a key such as `__proto__` would not arrive. */
function define(group: object, key: string | number, value: unknown): void {
  Object.defineProperty(group, key, { value, writable: true, enumerable: true, configurable: true });
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isGroup(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item)]));
}
