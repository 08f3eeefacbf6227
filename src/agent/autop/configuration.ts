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

/**
 * Throws CwmpFault 9018 for what is no configuration file: it names the line, never what is in it.
 *
 * @param name of the file, where there is more than one that could be meant
 */
export function readConfiguration(bytes: Uint8Array, name: string | null = null): Configuration {
  if (bytes.length > MAX_CONFIGURATION_BYTES) throw tooLarge();
  try {
    const { settings, lineOf } = parseConfigurationFile(bytes);
    return {
      settings,
      placeOf(key) {
        const line = lineOf(key) ?? 0;
        return { line, text: name === null ? `line ${line}` : `${name}, line ${line}` };
      },
    };
  } catch (error) {
    if (!(error instanceof ConfigurationFileError)) throw error;
    const said = messageOf(error);
    throw new CwmpFault(9018, name === null ? said : `${name}: ${said}`, { cause: error });
  }
}

export function tooLarge(): CwmpFault {
  return new CwmpFault(9018, `a configuration file has at most ${MAX_CONFIGURATION_BYTES} bytes`);
}

/**
 * What a change of these files does: the common file without what the phone's own file sets, then that one. `null`: there is
 * no such file. A file that has not changed is not applied again, so that it undoes nothing that was set since.
 */
export function mergeConfigurations(common: MergePart | null, device: MergePart | null): Configuration {
  const own = new Set([...(device?.configuration.settings.keys() ?? [])].map((key) => key.toLowerCase()));
  const shared = common?.changed === true ? [...common.configuration.settings] : [];
  const settings = new Map([
    ...shared.filter(([key]) => !own.has(key.toLowerCase())),
    ...(device?.changed === true ? device.configuration.settings : []),
  ]);
  return {
    settings,
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
