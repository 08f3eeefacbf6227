import { CwmpFault } from "../../cwmp/errors.ts";
import { inModelSpelling } from "../../parameters/apply-settings.ts";
import type { ChangedBy, ParameterTree } from "../../parameters/tree.ts";
import type { BackendKey } from "../../ports/backend.ts";
import type { Logger } from "../../ports/logger.ts";
import { readAcsSettings } from "../acs-settings.ts";
import { acsWarnings } from "./acs-warnings.ts";
import type { Configuration, Place } from "./configuration.ts";
import { inOwnSpelling, ownKeyProblem } from "./own-keys.ts";
import type { AutopResult } from "./result.ts";

export interface ApplyParts {
  readonly tree: ParameterTree;
  readonly log: Logger;
}

/**
 * All settings or none, in one transaction; keys that the data model lacks are the firmware's and are kept as they are.
 * Durable when it resolves. CwmpFault 9018 names line and key of the first one at fault, never a value.
 *
 * @param name what the log calls the file
 */
export async function applyConfiguration(
  configuration: Configuration,
  name: string,
  by: ChangedBy,
  { tree, log }: ApplyParts,
): Promise<AutopResult> {
  const settings = inModelSpelling(inOwnSpelling(configuration.settings), tree.layout);
  const problems = [...settings].flatMap(([key, text]) => faultLine(configuration, key, ownKeyProblem(key, text)));
  if (problems.length > 0) throw refusal(problems);
  const before = await tree.readKeys([...settings.keys()]);
  const changed = [...settings].flatMap(([key, text]) => (before.get(key) === text ? [] : [key]));
  const warnings = acsWarnings(await readAcsSettings(tree), settings);
  const applied = await applyAll(configuration, settings, by, tree);
  for (const { text, fields } of warnings) log.warn({ file: name, ...fields }, `A configuration file: ${text}`);
  return { settings: settings.size, changed, applied, warnings: warnings.map(({ text }) => text) };
}

async function applyAll(
  configuration: Configuration,
  settings: ReadonlyMap<BackendKey, string>,
  by: ChangedBy,
  tree: ParameterTree,
): ReturnType<ParameterTree["applySettings"]> {
  try {
    return await tree.applySettings(settings, by);
  } catch (error) {
    if (!(error instanceof CwmpFault) || error.parameterFaults.length === 0) throw error;
    const problems = error.parameterFaults.flatMap(({ parameterName, faultString }) =>
      faultLine(configuration, parameterName, faultString),
    );
    throw refusal(problems, error);
  }
}

interface FaultLine {
  readonly place: Place;
  readonly text: string;
}

function faultLine({ placeOf }: Configuration, key: BackendKey, problem: string | null): readonly FaultLine[] {
  return problem === null ? [] : [{ place: placeOf(key), text: `${key}: ${problem}` }];
}

function refusal(problems: readonly FaultLine[], cause?: unknown): CwmpFault {
  const [first] = [...problems].sort((one, other) => one.place.line - other.place.line);
  const more = problems.length > 1 ? `; ${problems.length - 1} more` : "";
  return new CwmpFault(9018, `${first?.place.text}: ${first?.text}${more}`, { cause });
}
