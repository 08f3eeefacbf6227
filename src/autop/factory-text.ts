const HEADER = [
  "# The settings of this phone, one per line: Config.<File>.<SECTION>.<Item> = <value>",
  "# You may edit this file while the agent runs. Lines that begin with # are comments.",
];

/** What a first start writes into a missing file: every setting in the order given, the sections of a file together. */
export function factoryText(factory: ReadonlyMap<string, string>): string {
  const files = new Map<string, Map<string, string[]>>();
  for (const [key, value] of factory) {
    const [, file = "", section = ""] = key.split(".");
    const sections = entryOf(files, file, () => new Map<string, string[]>());
    entryOf(sections, section, () => []).push(value === "" ? `${key} =` : `${key} = ${value}`);
  }
  const blocks = [...files.values()].map((sections) => [...sections.values()].flat());
  return [HEADER, ...blocks].map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function entryOf<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
