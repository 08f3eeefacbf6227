/**
 * A node:test reporter for `test.mjs`: how many tests there were, which were left out and why; which of the files that node was
 * given hold none or did not come to their end, and which files the tests stand in.
 */
import { resolve } from "node:path";

export default async function* report(events) {
  let tests = 0;
  const withoutTests = [];
  const broken = [];
  const withTests = new Set();
  const leftOut = new Map();
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { name, nesting, file, skip, details } = data;
    // Node reports a file without a test, or one that did not come to its end, as a test with the file's name.
    const isFile = nesting === 0 && file !== undefined && resolve(name) === file;
    if (isFile) (type === "test:pass" ? withoutTests : broken).push(file);
    if (!isFile && file !== undefined) withTests.add(file);
    if (!isFile && details?.type !== "suite") tests += 1;
    // `skip` is true or empty where no reason was given.
    if (skip !== undefined) add(leftOut, skip === true || skip === "" ? "no reason given" : skip, file);
  }
  yield JSON.stringify({ tests, withoutTests, broken, withTests: [...withTests], leftOut: [...leftOut.values()] });
}

function add(leftOut, reason, file) {
  const group = leftOut.get(reason) ?? { reason, count: 0, files: [] };
  group.count += 1;
  if (file !== undefined && !group.files.includes(file)) group.files.push(file);
  leftOut.set(reason, group);
}
