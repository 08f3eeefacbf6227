import { COMMON_FILE, DEVICE_FILE } from "../acs/file-server.ts";
import { FILE_SERVER, type PhoneState, SET_FOR_ALL, SET_FOR_BOTH, SET_FOR_ONE, withEntries } from "./phone-state.ts";

/** The files of the file server for the phone, and the effect of a look there. */
export interface OfferedFiles {
  readonly url: string;
  readonly files: ReadonlyMap<string, Buffer>;
  /** The phone after a look: the same object where nothing is new for it. */
  readonly effect: (before: PhoneState) => PhoneState;
}

export interface Serials {
  /** Of the file for every phone of the model; null: there is none. */
  readonly common: number | null;
  /** Of the phone's own file. */
  readonly device: number;
  /** The phone's own file has one bad line among good ones: both files are refused. */
  readonly isBad?: boolean;
}

/** Which files were applied last: the campaign's own knowledge. */
const COMMON = "~common";
const DEVICE = "~device";

type Line = readonly [name: string, key: string, text: string];

export function configurationFiles(url: string, { common, device, isBad = false }: Serials): OfferedFiles {
  const shared = common === null ? [] : linesOf([...SET_FOR_ALL, ...SET_FOR_BOTH], common);
  const own = linesOf([...SET_FOR_ONE, ...SET_FOR_BOTH], device, "own ");
  const bad = isBad ? "Config.Account1.SIP.Port = 65536\n" : "";
  const files = new Map([[DEVICE_FILE, Buffer.from(textOf(own).replace("\n", `\n${bad}`))]]);
  if (common !== null) files.set(COMMON_FILE, Buffer.from(textOf(shared)));
  const marks: readonly (readonly [string, string])[] = [
    ...(common === null ? [] : [[COMMON, `${common}`] as const]),
    [DEVICE, `${device}`],
  ];
  return {
    url,
    files,
    effect(before) {
      const changed = marks.filter(([mark, serial]) => before.get(mark) !== serial).map(([mark]) => mark);
      if (isBad || changed.length === 0 || before.get(FILE_SERVER) !== url) return before;
      // What the phone's own file sets the common one does not, also where the former is not new.
      const named = new Set(own.map(([name]) => name));
      const lines = [
        ...(changed.includes(COMMON) ? shared.filter(([name]) => !named.has(name)) : []),
        ...(changed.includes(DEVICE) ? own : []),
      ];
      return withEntries(before, [...lines.map(([name, , text]) => [name, text] as const), ...marks]);
    },
  };
}

function linesOf(table: typeof SET_FOR_ONE, serial: number, prefix = ""): readonly Line[] {
  return table.map(([name, key, text]) => [name, key, `${prefix}${text(serial)}`] as const);
}

function textOf(lines: readonly Line[]): string {
  return lines.map(([, key, text]) => `${key} = ${text}\n`).join("");
}
