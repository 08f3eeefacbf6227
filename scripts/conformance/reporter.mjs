/** A node:test reporter: one JSON line per test with its file, the names from the outermost suite down, and its outcome. */
import { relative } from "node:path";

export default async function* report(events) {
  // Events of one file come together, and each test starts before what is inside it: the names by nesting are its path.
  const names = [];
  for await (const { type, data } of events) {
    if (type === "test:start") {
      names.length = data.nesting;
      names[data.nesting] = data.name;
    }
    if ((type !== "test:pass" && type !== "test:fail") || data.details?.type === "suite") continue;
    const path = [...names.slice(0, data.nesting), data.name];
    const file = data.file === undefined ? "" : relative(process.cwd(), data.file);
    yield `${JSON.stringify({ file, path, outcome: outcomeOf(type, data) })}\n`;
  }
}

function outcomeOf(type, { skip, todo }) {
  if (skip !== undefined) return "skipped";
  if (todo !== undefined) return "todo";
  return type === "test:pass" ? "passed" : "failed";
}
