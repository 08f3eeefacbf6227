import { readFileSync } from "node:fs";

/** What Appendix A of the vendor's TR-069 guide says of a parameter, by column. */
export type AppendixRow = Readonly<Record<string, string>>;

/** Paths as the guide writes them: `{i}` for any row, `{7}` or 1 for one. */
export function appendixA(): readonly AppendixRow[] {
  const file = new URL("../fixtures/datamodel/appendix-a.tsv", import.meta.url);
  const [head = "", ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  const columns = head.split("\t");
  return lines.map((line) => {
    const cells = line.split("\t");
    return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ""]));
  });
}

/** Of a path of the guide or of a phone: `VoiceProfile.{i}.`. */
export function templateOf(path: string): string {
  return path.replaceAll(/\{[0-9]+\}|(?<=\.)[0-9]+(?=\.)/g, "{i}");
}
