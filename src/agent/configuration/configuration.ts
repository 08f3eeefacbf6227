import { parseConfigurationFile } from "../../autop/configuration-file.ts";
import { CwmpFault } from "../../cwmp/errors.ts";

/** The settings of a configuration file, or of several, and where each one stands. */
export interface Configuration {
  readonly settings: ReadonlyMap<string, string>;
  /** Lines that are neither setting nor comment. */
  readonly badLines: readonly LineProblem[];
  /** Such as `line 3`; for any spelling of a key that is there. */
  placeOf(key: string): Place;
}

export interface Place {
  readonly line: number;
  /** For an error: `line 3`, with the file's name where there are several. */
  readonly text: string;
}

/** A line that cannot be applied. */
export interface LineProblem {
  readonly place: Place;
  /** A sentence that names the line and what is wrong there, never a value. */
  readonly text: string;
}

/** A phone's file has some 60 kB. */
export const MAX_CONFIGURATION_BYTES = 2 ** 20;

/**
 * Throws CwmpFault 9018 for a file that is too large; invalid lines become bad lines.
 *
 * @param name of the file, if there are several
 */
export function readConfiguration(bytes: Uint8Array, name: string | null = null): Configuration {
  if (bytes.length > MAX_CONFIGURATION_BYTES) throw tooLarge();
  const { settings, badLines, lineOf } = parseConfigurationFile(bytes);
  const place = (line: number): Place => ({ line, text: name === null ? `line ${line}` : `${name}, line ${line}` });
  return {
    settings,
    badLines: badLines.map(({ line, problem }) => ({
      place: place(line),
      text: `${name === null ? "" : `${name}: `}line ${line}${problem}`,
    })),
    placeOf: (key) => place(lineOf(key) ?? 0),
  };
}

export function tooLarge(): CwmpFault {
  return new CwmpFault(9018, `a configuration file has at most ${MAX_CONFIGURATION_BYTES} bytes`);
}

/**
 * The settings to apply after a change of these files: the common file without keys of the device file, then the
 * device file. `null`: there is no such file. An unchanged file is not applied again, so that it undoes nothing set
 * since.
 */
export function mergeConfigurations(common: MergePart | null, device: MergePart | null): Configuration {
  const own = new Set([...(device?.configuration.settings.keys() ?? [])].map((key) => key.toLowerCase()));
  const shared = common?.changed === true ? [...common.configuration.settings] : [];
  const settings = new Map([
    ...shared.filter(([key]) => !own.has(key.toLowerCase())),
    ...(device?.changed === true ? device.configuration.settings : []),
  ]);
  const changed = [common, device].filter((part) => part?.changed === true);
  return {
    settings,
    badLines: changed.flatMap((part) => part?.configuration.badLines ?? []),
    placeOf: (key) => {
      const isOwn = device !== null && (common === null || own.has(key.toLowerCase()));
      return (isOwn ? device : (common ?? device))?.configuration.placeOf(key) ?? { line: 0, text: key };
    },
  };
}

export interface MergePart {
  readonly configuration: Configuration;
  /** Since it was last applied. */
  readonly changed: boolean;
}
