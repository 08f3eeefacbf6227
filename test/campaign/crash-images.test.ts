import assert from "node:assert/strict";
import { test } from "node:test";
import { crashImages } from "../../campaign/layers/crash-images.ts";
import type { FileCall } from "../../campaign/layers/file-calls.ts";

const BASE = new Map<string, Buffer | null>([
  ["/r", null],
  ["/r/f", Buffer.from("old")],
]);

function calls(...list: readonly Partial<FileCall>[]): readonly FileCall[] {
  const blank = {
    pid: 1,
    at: 0n,
    result: 0,
    descriptor: -1,
    path: "/r/t",
    other: "",
    bytes: Buffer.alloc(0),
    name: "",
  };
  return list.map((call, at) => ({ ...blank, number: at + 1, ...call }));
}

/** Replaces /r/f with "new", as an atomic write does, with these of its syncs. */
function replacement(syncs: { readonly file: boolean; readonly folder: boolean }): readonly FileCall[] {
  return calls(
    { name: "open", result: 5, other: "create" },
    { name: "write", descriptor: 5, result: 3, bytes: Buffer.from("new"), other: "-1" },
    ...(syncs.file ? [{ name: "fsync", descriptor: 5 }] : []),
    { name: "rename", path: "/r/t", other: "/r/f" },
    ...(syncs.folder ? [{ name: "fsync", descriptor: 6, path: "/r" }] : []),
  );
}

/** What /r/f may hold, at any moment. */
function contents(list: readonly FileCall[]): readonly string[] {
  return [...new Set(crashImages(BASE, list).map(({ entries }) => entries.get("/r/f")?.toString() ?? "none"))].sort();
}

test("after a whole atomic write a power cut leaves the old file or the new one", () => {
  assert.deepEqual(contents(replacement({ file: true, folder: true })), ["new", "old"]);
});

test("without the sync of the file a power cut may leave an empty file, half of it or zeros", () => {
  assert.deepEqual(contents(replacement({ file: false, folder: true })), ["", "\0\0\0", "n", "new", "old"]);
});

test("once the folder is synced the new file is certain", () => {
  const list = replacement({ file: true, folder: true });
  const last = crashImages(BASE, list).filter(({ before }) => before === list.length);
  assert.deepEqual([...new Set(last.map(({ entries }) => entries.get("/r/f")?.toString()))], ["new"]);
});

test("without the sync of the folder the old file may come back", () => {
  const list = replacement({ file: true, folder: false });
  const last = crashImages(BASE, list).filter(({ before }) => before === list.length);
  assert.deepEqual([...new Set(last.map(({ entries }) => entries.get("/r/f")?.toString()))].sort(), ["new", "old"]);
});

test("what is in a folder whose name is lost is lost as well", () => {
  const list = calls(
    { name: "mkdir", path: "/r/d" },
    { name: "open", result: 5, other: "create", path: "/r/d/x" },
    { name: "fsync", descriptor: 7, path: "/r/d" },
  );
  const last = crashImages(BASE, list).filter(({ before }) => before === 3);
  assert.deepEqual(last.map(({ entries }) => entries.has("/r/d/x")).sort(), [false, true]);
});

test("what one process writes to a descriptor goes to no file that another has open under the same number", () => {
  const list = calls(
    { name: "open", result: 5, other: "create" },
    { name: "open", pid: 2, result: 5, path: "/r/other", other: "create" },
    { name: "write", descriptor: 5, result: 3, bytes: Buffer.from("new"), other: "-1" },
  );
  const last = crashImages(BASE, list).filter(({ what }) => what.startsWith("all names"));
  const texts = last.map(({ entries }) => [entries.get("/r/t")?.toString(), entries.get("/r/other")?.toString()]);
  assert.ok(texts.some(([one]) => one === "new"));
  assert.ok(
    texts.every(([, other]) => other === undefined || other === ""),
    JSON.stringify(texts),
  );
});
