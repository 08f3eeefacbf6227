import { CwmpFault, messageOf } from "../../cwmp/errors.ts";
import { inModelSpelling } from "../../parameters/apply-settings.ts";
import type { ChangedBy } from "../../parameters/plan.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Applied, BackendKey } from "../../ports/backend.ts";
import type { Logger } from "../../ports/logger.ts";
import { readAcsSettings } from "../core/acs-settings.ts";
import { acsWarnings } from "./acs-warnings.ts";
import type { Configuration, LineProblem } from "./configuration.ts";
import { inOwnSpelling, isFirmwareUrl, OWN_KEYS, ownKeyProblem } from "./own-keys.ts";

export interface ApplyParts {
  readonly tree: ParameterTree;
  readonly log: Logger;
}

export interface ApplyOptions {
  /** The file's name in the log. */
  readonly name: string;
  readonly by: ChangedBy;
  /** Bad lines are left out and named; else one of them refuses the whole file. */
  readonly lenient: boolean;
  /** Fingerprints of the applied files, by source: see `ParameterTree.applySettings`. Default: none. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether the firmware that it names is fetched. Default: no. */
  readonly fetchesFirmware?: boolean;
}

type Settings = ReadonlyMap<BackendKey, string>;

/**
 * Applies all settings or none, in one transaction. Keys that the data model lacks belong to the firmware and are
 * stored unchanged. Durable when it resolves. CwmpFault 9018 names line and key of the first error, never a value,
 * and counts the others; with `lenient` it is thrown only if no line can be applied. A file of comments alone changes
 * nothing.
 */
export async function applyConfiguration(
  configuration: Configuration,
  { name, by, lenient, files, fetchesFirmware = false }: ApplyOptions,
  { tree, log }: ApplyParts,
): Promise<AutopResult> {
  const named = settingsOf(configuration, tree);
  const refused = [...configuration.badLines, ...problemsOf(configuration, named)];
  if (refused.length > 0 && !lenient) throw refusal([...refused, ...(await moreProblems(configuration, named, tree))]);
  const settings = new Map([...named].filter(([key, text]) => ownKeyProblem(key, text) === null));
  const before = await tree.readKeys([...settings.keys()]);
  const acs = await readAcsSettings(tree);
  const applied = await applyAll(configuration, settings, refused, { by, lenient, files, tree });
  const changed = [...settings].flatMap(([key, text]) => (before.get(key) === text ? [] : [key]));
  const warnings = acsWarnings(acs, settings);
  const unknown = [...settings.keys()].filter((key) => tree.layout.byKey(key).length === 0 && !OWN_KEYS.includes(key));
  logResult(name, { settings: settings.size, changed: changed.length, applied }, unknown, refused, log);
  if (!fetchesFirmware && changed.some(isFirmwareUrl)) log.info({ file: name }, FIRMWARE_IS_LEFT);
  for (const { text, fields } of warnings) log.warn({ file: name, ...fields }, `A configuration file: ${text}`);
  return {
    settings: settings.size,
    changed,
    applied,
    unknown,
    refused: inOrder(refused).map(({ text }) => text),
    warnings: warnings.map(({ text }) => text),
  };
}

/** A complete file of a phone has some 1,400 settings, most of which the data model lacks. */
const MAX_LOGGED = 20;

function logResult(
  file: string,
  facts: { readonly settings: number; readonly changed: number; readonly applied: Applied },
  unknown: readonly BackendKey[],
  refused: readonly LineProblem[],
  log: Logger,
): void {
  if (facts.settings === 0) log.info({ file }, "A configuration file has nothing to apply");
  else log.info({ file, ...facts, unknown: unknown.length }, "A configuration file was applied");
  if (unknown.length > 0) {
    const fields = { file, keys: unknown.slice(0, MAX_LOGGED), more: Math.max(0, unknown.length - MAX_LOGGED) };
    log.info(fields, "The data model does not know these settings: they are kept for the firmware");
  }
  if (refused.length > 0) {
    const lines = inOrder(refused).map(({ text }) => text);
    const fields = { file, lines: lines.slice(0, MAX_LOGGED), more: Math.max(0, lines.length - MAX_LOGGED) };
    log.warn(fields, "Bad lines of a configuration file were left out");
  }
}

/** Whether applying would change nothing: every setting has this value already, and no line is bad. */
export async function isInForce(configuration: Configuration, tree: ParameterTree): Promise<boolean> {
  if (configuration.badLines.length > 0) return false;
  const settings = settingsOf(configuration, tree);
  const current = await tree.readKeys([...settings.keys()]);
  return [...settings].every(([key, text]) => current.get(key) === text);
}

function settingsOf({ settings }: Configuration, { layout }: ParameterTree): Settings {
  return inModelSpelling(inOwnSpelling(settings), layout);
}

/** The ACS manages firmware: it knows versions and uses Download. */
const FIRMWARE_IS_LEFT =
  "The configuration file names firmware (Config.Firmware.Url): the setting is kept, nothing is fetched from there";

function problemsOf(configuration: Configuration, settings: Settings): readonly LineProblem[] {
  return [...settings].flatMap(([key, text]) => {
    const problem = ownKeyProblem(key, text);
    return problem === null ? [] : [problemAt(configuration, key, problem)];
  });
}

/** All other settings that the data model would refuse, so that everything is reported at once. */
async function moreProblems(
  configuration: Configuration,
  settings: Settings,
  tree: ParameterTree,
): Promise<readonly LineProblem[]> {
  const faults = await tree.checkSettings(settings);
  return faults.map(({ parameterName, faultString }) => problemAt(configuration, parameterName, faultString));
}

interface ApplyAll extends Pick<ApplyOptions, "by" | "lenient"> {
  readonly files: ApplyOptions["files"] | undefined;
  readonly tree: ParameterTree;
}

/** @param settings those that cannot be applied are moved to `refused` */
async function applyAll(
  configuration: Configuration,
  settings: Map<BackendKey, string>,
  refused: LineProblem[],
  { by, lenient, files, tree }: ApplyAll,
): Promise<Applied> {
  for (;;) {
    if (settings.size === 0) {
      if (refused.length > 0) throw refusal(refused);
      if (files === undefined) return "applied";
    }
    try {
      return await tree.applySettings(settings, by, files);
    } catch (error) {
      // No space left: the file is too large, the phone is not faulty.
      if (error instanceof CwmpFault && error.faultCode === 9004)
        throw new CwmpFault(9018, messageOf(error.cause ?? error), { cause: error });
      if (!(error instanceof CwmpFault) || error.parameterFaults.length === 0) throw error;
      const problems = error.parameterFaults.map(({ parameterName, faultString }) =>
        problemAt(configuration, parameterName, faultString),
      );
      if (!lenient) throw refusal(problems, error);
      const left = settings.size;
      for (const { parameterName } of error.parameterFaults) settings.delete(parameterName);
      if (settings.size === left) throw error;
      refused.push(...problems);
    }
  }
}

function problemAt({ placeOf }: Configuration, key: BackendKey, problem: string): LineProblem {
  const place = placeOf(key);
  return { place, text: `${place.text}: ${key}: ${problem}` };
}

/** One for each line: several parameters may share one. */
function inOrder(problems: readonly LineProblem[]): readonly LineProblem[] {
  const byLine = new Map<string, LineProblem>();
  for (const problem of problems) if (!byLine.has(problem.place.text)) byLine.set(problem.place.text, problem);
  return [...byLine.values()].sort((one, other) => one.place.line - other.place.line);
}

function refusal(problems: readonly LineProblem[], cause?: unknown): CwmpFault {
  const [first, ...others] = inOrder(problems);
  const count = others.length;
  const more = count === 0 ? "" : `; ${count} more ${count === 1 ? "line" : "lines"}`;
  return new CwmpFault(9018, `${first?.text}${more}`, { cause });
}

/** The effect of a configuration file on the phone. */
export interface AutopResult {
  /** Settings that the file names. */
  readonly settings: number;
  /** Those that had another value before. */
  readonly changed: readonly BackendKey[];
  readonly applied: Applied;
  /** Settings that the data model lacks: they are kept for the firmware. */
  readonly unknown: readonly BackendKey[];
  /** Bad lines that were left out, a sentence each; empty unless bad lines are allowed. */
  readonly refused: readonly string[];
  /** Warnings for a person: TR-069 turned off, another ACS. Also in the log. */
  readonly warnings: readonly string[];
}
