import { ConfigurationFileError, parseConfigurationFile } from "../../autop/configuration-file.ts";
import { CwmpFault, messageOf } from "../../cwmp/errors.ts";

/** The settings of a configuration file, or of several, and where each one stands. */
export interface Configuration {
  readonly settings: ReadonlyMap<string, string>;
  /** Such as `line 3`; for any spelling of a key that is there. */
  placeOf(key: string): Place;
}

export interface Place {
  readonly line: number;
  /** For an error: `line 3`, with the file's name where there are several. */
  readonly text: string;
}

/** A phone's file has some 60 kB. */
export const MAX_CONFIGURATION_BYTES = 2 ** 20;

/** Throws CwmpFault 9018 for what is no configuration file: it names the line, never what is in it. */
export function readConfiguration(bytes: Uint8Array): Configuration {
  if (bytes.length > MAX_CONFIGURATION_BYTES) throw tooLarge();
  try {
    const { settings, lineOf } = parseConfigurationFile(bytes);
    return {
      settings,
      placeOf(key) {
        const line = lineOf(key) ?? 0;
        return { line, text: `line ${line}` };
      },
    };
  } catch (error) {
    if (error instanceof ConfigurationFileError) throw new CwmpFault(9018, messageOf(error), { cause: error });
    throw error;
  }
}

export function tooLarge(): CwmpFault {
  return new CwmpFault(9018, `a configuration file has at most ${MAX_CONFIGURATION_BYTES} bytes`);
}
