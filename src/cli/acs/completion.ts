/** What Tab offers at the ACS's prompt. */
import type { LocalConsole } from "./acs-console.ts";
import { PROMPT_COMMANDS } from "./prompt.ts";

/** In readline's form: the completions of the last word, and that word. */
export type Completion = [string[], string];

const WITH_PATHS: readonly string[] = ["get", "names", "set", "notify", "add", "delete"];

/**
 * Commands, behind `help` and behind a phone too; serial numbers behind `@`; and paths, level by level: those that the phone has
 * reported or listed, and those of the data model.
 */
export async function completeLine(
  line: string,
  acs: Pick<LocalConsole, "devices" | "paths">,
  modelPaths: () => Promise<readonly string[]>,
): Promise<Completion> {
  const [, serial = null, rest = ""] = /^(?:@(\S*)\s+)?(.*)$/s.exec(line) ?? [];
  if (serial === null && rest.startsWith("@") && !/\s/.test(rest)) {
    const serials = (await acs.devices()).map(({ serialNumber }) => `@${serialNumber}`);
    return offer(serials, rest);
  }
  const start = /^(?:help\s+)?(\S*)$/.exec(rest)?.[1];
  if (start !== undefined) return offer(PROMPT_COMMANDS, start);
  const [, command = "", word = ""] = /^(\S+)\s(?:.*\s)?"?([^\s"]*)$/s.exec(rest) ?? [];
  if (!WITH_PATHS.includes(command) || word.includes("=")) return [[], line];
  const paths = [...(await acs.paths(serial)), ...(await modelPaths())];
  return offer(nextLevels(paths, word), word);
}

function offer(candidates: readonly string[], start: string): Completion {
  return [[...new Set(candidates)].filter((candidate) => candidate.startsWith(start)), start];
}

/** `Device.L` → `Device.LAN.`: up to the next dot, as a shell completes folders. */
function nextLevels(paths: readonly string[], word: string): readonly string[] {
  const matching = paths.filter((path) => path.startsWith(word) && path !== word);
  return matching.map((path) => path.slice(0, path.indexOf(".", word.length) + 1 || path.length)).sort();
}
