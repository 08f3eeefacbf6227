import type { FactorySettings } from "../../ports/backend.ts";

/** The order of the phone's own template; accounts stand in one place, by number. */
const FILES = [
  "firmware",
  "ringtone",
  "contact",
  "certificate",
  "autoprovision",
  "network",
  "tr069",
  "account",
  "forward",
  "broadsoft",
  "ldap",
  "remotephonebook",
  "areacode",
  "features",
  "settings",
  "calllog",
  "programable",
  "tone",
  "voice",
  "xmlbrowser",
];

const HEADER = [
  "# The settings of this phone, one a line: Config.<File>.<SECTION>.<Item> = <value>",
  "# You may edit this file while the agent runs. Lines that begin with # are comments.",
];

/** What a first start writes into a missing file: every setting, in the order of the phone's own template. */
export function factoryText(factory: FactorySettings): string {
  const files = new Map<string, Map<string, string[]>>();
  for (const [key, value] of factory) {
    const [, file = "", section = ""] = key.split(".");
    const sections = entryOf(files, file, () => new Map<string, string[]>());
    entryOf(sections, section, () => []).push(value === "" ? `${key} =` : `${key} = ${value}`);
  }
  const inOrder = [...files].sort(([one], [other]) => compare(rankOf(one), rankOf(other)));
  const blocks = inOrder.map(([, sections]) => [...sections.values()].flat());
  return [HEADER, ...blocks].map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function entryOf<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/** Place in the template, then the number: `Account2` comes behind `Account1`, what the template lacks behind all. */
function rankOf(file: string): readonly [number, number] {
  const name = file.toLowerCase();
  const account = /^account(\d+)$/.exec(name);
  const place = FILES.indexOf(account === null ? name : "account");
  return [place < 0 ? FILES.length : place, Number(account?.[1] ?? 0)];
}

function compare(one: readonly [number, number], other: readonly [number, number]): number {
  return one[0] - other[0] || one[1] - other[1];
}
