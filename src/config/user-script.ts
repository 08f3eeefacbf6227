import type { UserAction, UserStep } from "../backends/simulated/user.ts";
import { type Finding, FindingsError } from "../cwmp/findings.ts";
import type { Layout } from "../parameters/layout.ts";
import type { BackendKey } from "../ports/backend.ts";
import { nearest } from "../system/nearest.ts";
import { readSmallFile } from "./readable-files.ts";
import { settingTexts, volumeSetting } from "./user-script-settings.ts";
import { isGroup, type OptionPath, parseYaml, type YamlDocument } from "./yaml-document.ts";

const ACTIONS = ["set", "volume", "linkLoss", "powerCut", "call", "hangUp"] as const;
const KEYS = ["at", "every", "repeat", "account", ...ACTIONS];
const MAX_ACCOUNTS = 16;
const MAX_STEPS = 10_000;
/** More mistakes than that have a common cause. */
const MAX_FINDINGS = 50;
const MAX_SECONDS = 31_536_000;
/** A person at a phone does not do more than this. */
const MIN_EVERY_SECONDS = 0.1;

/** Reads and checks a script. Throws FindingsError with everything that is wrong. */
export function loadUserScript(file: string, layout: Layout): readonly UserStep[] {
  const read = readSmallFile(file);
  if ("problem" in read) {
    const message = `the script of the user cannot be used: ${read.problem}`;
    throw new FindingsError([{ file, line: 0, column: 0, code: "FILE_UNREADABLE", message }]);
  }
  const { document, findings } = parseYaml(file, read.text);
  if (document === null) throw new FindingsError(findings);
  const reader = new ScriptReader(document, layout);
  const steps = reader.steps();
  const all = [...findings, ...reader.findings];
  if (all.length > 0) throw new FindingsError(all.sort((a, b) => a.line - b.line || a.column - b.column));
  return steps;
}

class ScriptReader {
  readonly findings: Finding[] = [];
  readonly #document: YamlDocument;
  readonly #layout: Layout;

  constructor(document: YamlDocument, layout: Layout) {
    this.#document = document;
    this.#layout = layout;
  }

  steps(): readonly UserStep[] {
    const { user, ...others } = this.#document.values;
    for (const key of Object.keys(others)) this.#bad([key], `unknown key ${key}; known here: user`, "UNKNOWN_KEY");
    if (!Array.isArray(user) || user.length > MAX_STEPS) {
      this.#bad(["user"], `user must be a list of at most ${MAX_STEPS} steps, such as "- at: 10"`);
      return [];
    }
    return user.flatMap((step: unknown, index) =>
      this.findings.length < MAX_FINDINGS ? (this.#step(["user", index], step) ?? []) : [],
    );
  }

  #step(path: OptionPath, step: unknown): UserStep | null {
    if (!isGroup(step)) return this.#bad(path, "a step must be a group of keys: at or every, and what is done");
    for (const key of Object.keys(step)) {
      if (KEYS.includes(key)) continue;
      const near = nearest(key, KEYS);
      const advice = near === null ? `known here: ${KEYS.join(", ")}` : `did you mean ${near}?`;
      this.#bad([...path, key], `unknown key ${key}; ${advice}`, "UNKNOWN_KEY");
    }
    const stated = ACTIONS.filter((name) => step[name] !== undefined);
    const [name] = stated;
    if (name === undefined || stated.length > 1) {
      return this.#bad(path, `a step does one thing: one of ${ACTIONS.join(", ")}`);
    }
    const every = this.#seconds(step, path, "every", MIN_EVERY_SECONDS);
    const at = this.#seconds(step, path, "at", 0) ?? every;
    const times = this.#times(step, path, every !== null);
    const account = this.#account(step, path, name);
    const action = this.#action(name, step[name], [...path, name], account);
    if (at === null) return this.#bad(path, "a step needs a time: at (seconds after the start) or every");
    return action === null ? null : { atMs: at * 1000, everyMs: (every ?? 0) * 1000, times, action };
  }

  #seconds(step: Readonly<Record<string, unknown>>, path: OptionPath, key: string, least: number): number | null {
    const value = step[key];
    if (value === undefined || value === null) return null;
    if (typeof value === "number" && value >= least && value <= MAX_SECONDS) return value;
    this.#bad([...path, key], `${key} must be a number of seconds from ${least} to ${MAX_SECONDS}`);
    return least;
  }

  #times(step: Readonly<Record<string, unknown>>, path: OptionPath, repeats: boolean): number | null {
    const { repeat } = step;
    if (repeat === undefined || repeat === null) return repeats ? null : 1;
    if (!repeats) this.#bad([...path, "repeat"], "repeat needs every in the same step");
    if (typeof repeat === "number" && Number.isInteger(repeat) && repeat >= 1) return repeat;
    this.#bad([...path, "repeat"], "repeat must be a whole number from 1: how often in all");
    return 1;
  }

  /** The account that calls; default: 1. */
  #account(step: Readonly<Record<string, unknown>>, path: OptionPath, action: string): number {
    const { account } = step;
    if (account === undefined || account === null) return 1;
    if (action !== "call") this.#bad([...path, "account"], "account needs call in the same step");
    if (typeof account === "number" && Number.isInteger(account) && account >= 1 && account <= MAX_ACCOUNTS)
      return account;
    this.#bad([...path, "account"], `account must be a whole number from 1 to ${MAX_ACCOUNTS}`);
    return 1;
  }

  #action(name: (typeof ACTIONS)[number], value: unknown, path: OptionPath, account: number): UserAction | null {
    if (name === "call") return this.#call(value, path, account);
    if (name === "hangUp") {
      return value === true ? { kind: "hangUp" } : this.#bad(path, "hangUp must be true");
    }
    if (name === "set") return this.#set(value, path);
    if (name === "volume") return this.#volume(value, path);
    if (typeof value === "number" && value > 0 && value <= MAX_SECONDS) return { kind: name, forMs: value * 1000 };
    return this.#bad(path, `${name} must be a number of seconds above 0, at most ${MAX_SECONDS}: how long it lasts`);
  }

  #set(value: unknown, path: OptionPath): UserAction | null {
    if (!isGroup(value) || Object.keys(value).length === 0) {
      return this.#bad(path, "set must be a group: a parameter's path or a key of the phone's file, and its value");
    }
    const settings = new Map<BackendKey, string>();
    for (const [name, item] of Object.entries(value)) {
      const texts = settingTexts(name, item, this.#layout);
      if (typeof texts === "string") this.#bad([...path, name], `${name} ${texts}`);
      else for (const [key, text] of texts) settings.set(key, text);
    }
    return { kind: "set", settings };
  }

  /** A number may be written as one, or in quotes where it begins with zeros. */
  #call(value: unknown, path: OptionPath, account: number): UserAction | null {
    const number = typeof value === "number" ? String(value) : value;
    if (typeof number === "string" && /^[^\s<>"]{1,128}$/.test(number)) return { kind: "call", account, number };
    return this.#bad(path, "call must be a number or a SIP user");
  }

  #volume(value: unknown, path: OptionPath): UserAction | null {
    const { key, loudest } = volumeSetting(this.#layout);
    if (value === "up" || value === "down") return { kind: "volume", by: value === "up" ? 1 : -1, key, loudest };
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= loudest) {
      return { kind: "set", settings: new Map([[key, String(value)]]) };
    }
    return this.#bad(path, `volume must be up, down or a whole number from 0 to ${loudest}`);
  }

  #bad(path: OptionPath, message: string, code = "WRONG_VALUE"): null {
    const { file } = this.#document;
    const place = code === "UNKNOWN_KEY" ? this.#document.placeOfKey(path) : this.#document.placeOf(path);
    this.findings.push({ file, ...place, code, message });
    return null;
  }
}
