import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createTraceWriter, type TraceWriterOptions } from "../../src/net/trace.ts";
import type { WireEvent } from "../../src/ports/acs-transport.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";

const SESSION: readonly WireEvent[] = [
  { kind: "connected", address: "::1", port: 7547 },
  { kind: "secured", protocol: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256" },
  { kind: "sent", body: "<Inform>secret</Inform>", bytes: 23, authorized: false },
  { kind: "received", status: 401, body: "go away", bytes: 7 },
  { kind: "sent", body: "<Inform>secret</Inform>", bytes: 23, authorized: true },
  { kind: "received", status: 200, body: "<InformResponse/>", bytes: 17 },
  { kind: "sent", body: null, bytes: 0, authorized: true },
  { kind: "received", status: 204, body: null, bytes: 0 },
  { kind: "closed", error: null },
];

async function inFolder(use: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "trace-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(folder: string, events: readonly WireEvent[], options: Partial<TraceWriterOptions> = {}) {
  const log = createMemoryLogger();
  const writer = createTraceWriter({
    folder,
    mask: (text) => text.replace("secret", "****"),
    describe: (text) => ({
      name: /<(\w+)/.exec(text)?.[1] ?? "",
      detail: text.includes("Inform>") ? "0 BOOTSTRAP" : "",
    }),
    log,
    ...options,
  });
  events.forEach((event, index) => {
    writer.observe(1, 1_000 + index, event);
  });
  return { writer, log };
}

function records(folder: string): unknown[] {
  return readFileSync(join(folder, "trace.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("a session becomes numbered, masked files and one record per event, in order", () =>
  inFolder(async (parent) => {
    const folder = join(parent, "new", "trace");
    const { writer, log } = write(folder, SESSION);
    await writer.close();
    assert.deepEqual(readdirSync(folder), [
      "0001-cpe-Inform.xml",
      "0002-acs-HTTP401.txt",
      "0003-cpe-Inform.xml",
      "0004-acs-InformResponse.xml",
      "trace.jsonl",
    ]);
    assert.equal(readFileSync(join(folder, "0001-cpe-Inform.xml"), "utf8"), "<Inform>****</Inform>");
    const message = { session: 1, kind: "message" };
    assert.deepEqual(records(folder), [
      { session: 1, at: 1000, kind: "connected", address: "[::1]:7547" },
      { session: 1, at: 1001, kind: "secured", protocol: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256" },
      {
        ...message,
        at: 1002,
        from: "cpe",
        name: "Inform",
        bytes: 23,
        detail: "0 BOOTSTRAP",
        file: "0001-cpe-Inform.xml",
      },
      { ...message, at: 1003, from: "acs", name: "", status: 401, bytes: 7, file: "0002-acs-HTTP401.txt" },
      {
        ...message,
        at: 1004,
        from: "cpe",
        name: "Inform",
        bytes: 23,
        detail: "0 BOOTSTRAP",
        file: "0003-cpe-Inform.xml",
      },
      {
        ...message,
        at: 1005,
        from: "acs",
        name: "InformResponse",
        status: 200,
        bytes: 17,
        file: "0004-acs-InformResponse.xml",
      },
      { ...message, at: 1006, from: "cpe", name: "", bytes: 0 },
      { ...message, at: 1007, from: "acs", name: "", status: 204, bytes: 0 },
      { session: 1, at: 1008, kind: "closed" },
    ]);
    assert.deepEqual(log.lines, []);
  }));

test("only the owner may read a trace, even one that was there before", () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, "trace.jsonl"), "", { mode: 0o644 });
    const { writer } = write(folder, SESSION);
    await writer.close();
    for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
  }));

test("the numbering goes on after the files that are there, and so do the records", () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, "0041-cpe-Inform.xml"), "");
    writeFileSync(join(folder, "notes.txt"), "");
    await write(folder, SESSION.slice(0, 3)).writer.close();
    await write(folder, SESSION.slice(5, 6)).writer.close();
    assert.ok(existsSync(join(folder, "0042-cpe-Inform.xml")));
    assert.ok(existsSync(join(folder, "0043-acs-InformResponse.xml")));
    assert.equal(records(folder).length, 4);
  }));

test("two writers in one folder keep everything", () =>
  inFolder(async (folder) => {
    const first = write(folder, []);
    const second = write(folder, []);
    for (const { writer } of [first, second, first])
      for (const event of SESSION.slice(2, 3)) writer.observe(1, 0, event);
    await Promise.all([first.writer.close(), second.writer.close()]);
    assert.equal(readdirSync(folder).length, 4);
    assert.equal(records(folder).length, 3);
    assert.deepEqual([...first.log.lines, ...second.log.lines], []);
  }));

test("a name from the other side cannot leave the folder", () =>
  inFolder(async (folder) => {
    const describe = () => ({ name: "../../etc/passwd", detail: "" });
    await write(folder, SESSION.slice(2, 3), { describe }).writer.close();
    assert.deepEqual(readdirSync(folder), ["0001-cpe-etcpasswd.xml", "trace.jsonl"]);
  }));

test("a message that cannot be masked is not kept, its record is, and one log line says so", () =>
  inFolder(async (folder) => {
    const mask = () => {
      throw new Error("no XML");
    };
    const { writer, log } = write(folder, SESSION, { mask });
    await writer.close();
    assert.deepEqual(readdirSync(folder), ["trace.jsonl"]);
    assert.equal(records(folder).length, SESSION.length);
    assert.equal(log.at("error").length, 1);
  }));

test("a folder that cannot be made is logged once and disturbs nobody", () =>
  inFolder(async (parent) => {
    const file = join(parent, "file");
    writeFileSync(file, "");
    const { writer, log } = write(join(file, "trace"), SESSION);
    await writer.close();
    assert.equal(log.at("error").length, 1);
    assert.match(log.text(), /folder can be written to/);
  }));

test("a folder that goes away in the midst is logged once", () =>
  inFolder(async (parent) => {
    const folder = join(parent, "trace");
    const { writer, log } = write(folder, SESSION.slice(0, 3));
    rmSync(folder, { recursive: true });
    for (const event of SESSION) writer.observe(2, 0, event);
    await writer.close();
    writer.observe(3, 0, { kind: "closed", error: null });
    assert.equal(log.at("error").length, 1);
  }));

test("a trace is not appended through a link to another file, and says why it is not complete", () =>
  inFolder(async (parent) => {
    const other = join(parent, "other");
    const folder = join(parent, "trace");
    mkdirSync(folder);
    writeFileSync(other, "mine");
    symlinkSync(other, join(folder, "trace.jsonl"));
    const { writer, log } = write(folder, SESSION);
    await writer.close();
    assert.equal(readFileSync(other, "utf8"), "mine");
    assert.equal(log.at("error").length, 1);
  }));

test("a trace folder that cannot be made, as in /proc, is told at once", {
  skip: process.platform !== "linux",
}, async () => {
  const log = createMemoryLogger();
  const describe = () => ({ name: "", detail: "" });
  const writer = createTraceWriter({ folder: "/proc/foo/trace", mask: (text) => text, describe, log });
  await writer.close();
  assert.equal(log.at("error").length, 1);
});
