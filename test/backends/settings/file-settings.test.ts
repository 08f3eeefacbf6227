import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { factoryText } from "../../../src/autop/document.ts";
import { createFileSettings } from "../../../src/backends/settings/file-settings.ts";
import { isAgentError } from "../../../src/cwmp/errors.ts";
import type { BackendChange } from "../../../src/ports/backend.ts";
import { failingFiles } from "../../helpers/failing-files.ts";
import { createFakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { FACTORY } from "../test-phone.ts";

const LABEL = "Config.Account1.GENERAL.Label";
const SERVER = "Config.Account1.SIP.Server";
const RING = "Config.Voice.AUDIO.RingVol";

async function phoneFile(t: TestContext, content: string | Buffer | null, factory = FACTORY) {
  const path = join(await temporaryFolder(t), "phone.cfg");
  if (content !== null) await writeFile(path, content);
  const time = createFakeTime();
  const log = createMemoryLogger();
  const settings = createFileSettings({ path, factory, clock: time.clock, scheduler: time.scheduler, log });
  const reported: BackendChange[] = [];
  await time.runUntil(settings.start((changes) => void reported.push(...changes)));
  t.after(() => settings.stop());
  const write = (changes: Readonly<Record<string, string>>) =>
    time.runUntil(settings.stage(new Map(Object.entries(changes))).apply());
  return { path, time, log, settings, reported, write, text: () => readFile(path, "utf8") };
}

test("a missing file is written with the factory settings, for its owner alone", async (t) => {
  const { path, text } = await phoneFile(t, null);
  assert.equal(await text(), factoryText(FACTORY));
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test("a file that is there is used as it is, and what it does not name is missing", async (t) => {
  const content = `# mine\r\n${LABEL.toLowerCase()}=Zoë\r\n`;
  const { settings, text } = await phoneFile(t, content);
  assert.equal(settings.get(LABEL), "Zoë");
  assert.equal(settings.get(SERVER), undefined);
  assert.equal(await text(), content);
});

test("a write changes its own lines and leaves the rest of the file", async (t) => {
  const { path, text, write } = await phoneFile(t, `# mine\n${LABEL} = a\nConfig.Own.THING.Item = kept\n`);
  assert.deepEqual(await write({ [LABEL]: "b", [RING]: "9" }), [
    { key: LABEL, before: "a", after: "b" },
    { key: RING, before: undefined, after: "9" },
  ]);
  assert.equal(await text(), `# mine\n${LABEL} = b\nConfig.Own.THING.Item = kept\n${RING} = 9\n`);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test("a hand edit is noticed within two seconds and reported with both values", async (t) => {
  const { path, time, settings, reported, text } = await phoneFile(t, null);
  await writeFile(
    path,
    (await text()).replace(`${LABEL} = desk`, `${LABEL} = hall\n# new`).replace(`${RING} = 8\n`, ""),
  );
  await time.advance(2_000);
  assert.deepEqual(reported, [
    { key: LABEL, before: "desk", after: "hall" },
    { key: RING, before: "8", after: undefined },
  ]);
  assert.equal(settings.get(LABEL), "hall");
  await time.advance(5_000);
  assert.equal(reported.length, 2);
});

test("an edit that replaces the file by another is noticed too", async (t) => {
  const { path, time, reported, text } = await phoneFile(t, null);
  await writeFile(`${path}.new`, (await text()).replace(`${LABEL} = desk`, `${LABEL} = hall`));
  await rename(`${path}.new`, path);
  await time.advance(2_000);
  assert.deepEqual(reported, [{ key: LABEL, before: "desk", after: "hall" }]);
});

test("half an edit is not taken for the whole: the file is read when its writer is done", async (t) => {
  const { path, time, reported, text } = await phoneFile(t, null);
  const whole = (await text()).replace(`${LABEL} = desk`, `${LABEL} = hall`);
  const handle = await open(path, "w");
  for (let index = 0; index < 10; index++) {
    await handle.write(whole.slice((index * whole.length) / 10, ((index + 1) * whole.length) / 10));
    await time.advance(150);
    assert.deepEqual(reported, []);
  }
  await handle.close();
  await time.advance(2_000);
  assert.deepEqual(reported, [{ key: LABEL, before: "desk", after: "hall" }]);
});

for (const [what, damage] of [
  ["vanishes", (path: string) => rm(path)],
  ["is emptied", (path: string) => writeFile(path, "")],
] as const) {
  test(`while the file ${what}, the last settings hold; it is said once; the next write restores it`, async (t) => {
    const { path, time, log, settings, reported, write, text } = await phoneFile(t, null);
    const whole = await text();
    await damage(path);
    await time.advance(10_000);
    assert.equal(settings.get(LABEL), "desk");
    assert.deepEqual(reported, []);
    assert.equal(log.at("warn").length, 1);
    assert.match(log.at("warn")[0]?.message ?? "", /missing or empty: the last settings stay in force/);
    await write({ [LABEL]: "hall" });
    assert.equal(await text(), whole.replace(`${LABEL} = desk`, `${LABEL} = hall`));
    await time.advance(2_000);
    assert.match(log.lines.at(-1)?.message ?? "", /can be used again/);
    assert.deepEqual(reported, []);
  });
}

test("a write keeps a hand edit that was not noticed yet, and reports it", async (t) => {
  const { path, settings, reported, write, text } = await phoneFile(t, null);
  const edited = (await text()).replace(`${SERVER} =`, `${SERVER} = pbx`).replace(`${LABEL} = desk`, `${LABEL} = mine`);
  await writeFile(path, edited);
  await write({ [LABEL]: "hall", [RING]: "9" });
  assert.equal(await text(), edited.replace("Label = mine", "Label = hall").replace("RingVol = 8", "RingVol = 9"));
  assert.deepEqual(reported, [{ key: SERVER, before: "", after: "pbx" }]);
  assert.equal(settings.get(SERVER), "pbx");
});

test("an edit made while a write is on its way is kept as well", async (t) => {
  const { path, time, settings, reported, text } = await phoneFile(t, null);
  const edited = (await text()).replace(`${SERVER} =`, `${SERVER} = pbx`);
  const applied = settings.stage(new Map([[LABEL, "hall"]])).apply();
  // Right when the new text stands in the temporary file: that is when an edit could be overwritten.
  await temporaryFileOf(path);
  writeFileSync(path, edited);
  await time.runUntil(applied);
  assert.equal(await text(), edited.replace(`${LABEL} = desk`, `${LABEL} = hall`));
  assert.deepEqual(reported, [{ key: SERVER, before: "", after: "pbx" }]);
});

async function temporaryFileOf(path: string): Promise<void> {
  while (!readdirSync(dirname(path)).some((name) => name.startsWith(`.${basename(path)}.`))) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("a write that fails changes nothing, says why, and a later one works", async (t) => {
  const { path, time, settings, reported, write, text } = await phoneFile(t, null);
  const whole = await text();
  await rm(path);
  await mkdir(path);
  await assert.rejects(
    write({ [LABEL]: "hall" }),
    (error) => isAgentError(error, "BACKEND_IO") && error.message.includes(`the phone's file ${path}`),
  );
  assert.equal(settings.get(LABEL), "desk");
  await rm(path, { recursive: true });
  await writeFile(path, whole);
  await write({ [LABEL]: "hall" });
  assert.equal(settings.get(LABEL), "hall");
  await time.advance(3_000);
  assert.deepEqual(reported, []);
});

test("a file that never comes to rest fails the write after two seconds instead of waiting for ever", async (t) => {
  const { path, time, write, text } = await phoneFile(t, null);
  const whole = await text();
  let count = 0;
  const scribble = () => {
    time.scheduler.after(50, "scribble", async () => {
      await writeFile(path, `${whole}# ${count++}\n`);
      if (count < 100) scribble();
    });
  };
  scribble();
  await time.advance(60);
  await assert.rejects(
    write({ [LABEL]: "hall" }),
    (error) => isAgentError(error, "BACKEND_IO") && /keeps changing/.test(error.message),
  );
});

test("a file that is much too large is left alone, and the last settings hold", async (t) => {
  const { path, time, log, settings } = await phoneFile(t, null);
  await writeFile(path, "x".repeat(5 * 2 ** 20));
  await time.advance(3_000);
  assert.equal(settings.get(LABEL), "desk");
  assert.match(log.at("warn")[0]?.message ?? "", /more than 4194304 bytes/);
});

test("a file that is not UTF-8 keeps its bytes when another line is written", async (t) => {
  const content = Buffer.from(`# caf\xe9\n${LABEL} = a\n`, "latin1");
  const { path, write } = await phoneFile(t, content);
  await write({ [LABEL]: "b" });
  assert.equal(await readFile(path, "latin1"), `# caf\xe9\n${LABEL} = b\n`);
});

test("a factory reset keeps comments, and drops the keys that the data model lacks", async (t) => {
  const { time, settings, text } = await phoneFile(
    t,
    `# mine\n${LABEL} = a\nConfig.Own.THING.Item = kept\n`,
    new Map([[LABEL, "desk"]]),
  );
  assert.deepEqual(await time.runUntil(settings.factoryReset()), [{ key: LABEL, before: "a", after: "desk" }]);
  assert.equal(await text(), `# mine\n${LABEL} = desk\n`);
});

test("a person is told the line of a key", async (t) => {
  const { path, settings } = await phoneFile(t, `# mine\n\n${LABEL} = a\n`);
  assert.equal(settings.locate(LABEL), `${path}:3`);
  assert.equal(settings.locate(SERVER), null);
});

test("what a writer that was killed left behind is removed at start, also behind a symbolic link", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "flash"));
  await writeFile(join(folder, "flash/real.cfg"), `${LABEL} = a\n`);
  const leftover = join(folder, "flash/.real.cfg.0123456789ab.tmp");
  await writeFile(leftover, "half");
  await symlink("flash/real.cfg", join(folder, "phone.cfg"));
  const { clock, scheduler } = createFakeTime();
  const path = join(folder, "phone.cfg");
  const settings = createFileSettings({ path, factory: FACTORY, clock, scheduler, log: createMemoryLogger() });
  await settings.start(() => {});
  await settings.stop();
  await assert.rejects(stat(leftover), /ENOENT/);
});

test("a file that cannot be used at start is a clear error", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "a-file"), "");
  const { clock, scheduler } = createFakeTime();
  const path = join(folder, "a-file", "phone.cfg");
  const settings = createFileSettings({ path, factory: FACTORY, clock, scheduler, log: createMemoryLogger() });
  await assert.rejects(
    settings.start(() => {}),
    (error) =>
      isAgentError(error, "BACKEND_IO") && error.message.includes(path) && /choose another place/.test(error.message),
  );
});

const MANY = new Map(Array.from({ length: 4_096 }, (_, at) => [`Config.Own.THING.Item${at}`, "x"]));

test("settings that the data model lacks are bounded: one too many is fault 9004, and those that are there can be changed", async (t) => {
  const { settings, time, text } = await phoneFile(t, `${LABEL} = a\n`);
  await time.runUntil(settings.stage(MANY).apply());
  const before = await text();
  assert.throws(() => settings.stage(new Map([["Config.Own.THING.More", "x"]])), {
    code: "BACKEND_REFUSED",
    faultCode: 9004,
  });
  assert.equal(await text(), before);
  await time.runUntil(settings.stage(new Map([["config.own.thing.item7", "y"]])).apply());
  await time.runUntil(settings.stage(new Map([[LABEL, "b"]])).apply());
  assert.equal(settings.get(LABEL), "b");
  await time.runUntil(settings.factoryReset());
  assert.doesNotMatch(await text(), /Config\.Own/);
});

test("the bytes of such settings are bounded as well", async (t) => {
  const { settings } = await phoneFile(t, `${LABEL} = a\n`);
  const large = new Map([1, 2, 3].map((at) => [`Config.Own.THING.Item${at}`, "x".repeat(100_000)]));
  assert.throws(() => settings.stage(large), { faultCode: 9004 });
});

test("what would make the file too large to be read back is refused with 9004", async (t) => {
  const comment = `# ${"x".repeat(98)}\n`;
  const content = `${comment.repeat((4 * 2 ** 20) / 101 - 2)}${LABEL} = a\n`;
  const { settings, text } = await phoneFile(t, content);
  assert.throws(() => settings.stage(new Map([[LABEL, "b".repeat(400)]])), { faultCode: 9004 });
  assert.equal(await text(), content);
});

/** What stands where the phone's file should be; each can be no phone's file. */
const UNUSABLE: readonly (readonly [string, (path: string) => Promise<unknown>])[] = [
  ["too large", (path) => writeFile(path, `# ${"x".repeat(5 * 2 ** 20)}`)],
  ["binary", (path) => writeFile(path, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]))],
  ["a folder", async (path) => mkdir(join(path, "inside"), { recursive: true })],
];

for (const [what, put] of UNUSABLE) {
  test(`a start with a file that is ${what} keeps it aside, and has the last good settings, in a file again`, async (t) => {
    const first = await phoneFile(t, `# mine\n${LABEL} = a\n`);
    await first.write({ [LABEL]: "last" });
    await first.settings.stop();
    await rm(first.path);
    await put(first.path);
    const { path, time, log } = first;
    const settings = createFileSettings({ path, factory: FACTORY, clock: time.clock, scheduler: time.scheduler, log });
    await time.runUntil(settings.start(() => {}));
    t.after(() => settings.stop());
    assert.equal(settings.get(LABEL), "last");
    assert.equal(await first.text(), `# mine\n${LABEL} = last\n`);
    assert.ok((await stat(`${path}.unusable-1`)).size > 0);
    assert.match(log.at("error")[0]?.message ?? "", /unusable-1, and the phone starts with .*last-good/);
    await time.runUntil(settings.stage(new Map([[LABEL, "next"]])).apply());
    assert.match(await first.text(), /= next/);
  });
}

test("without a copy a phone with a file that cannot be used starts with the factory settings", async (t) => {
  const { settings, log, text } = await phoneFile(t, Buffer.from([0, 1, 2]));
  assert.equal(settings.get(LABEL), FACTORY.get(LABEL));
  assert.equal(await text(), factoryText(FACTORY));
  assert.equal(log.at("error").length, 1);
});

test("a file that cannot be read at start stays where it is: the last good settings hold, and its own once it can be", async (t) => {
  const first = await phoneFile(t, `${LABEL} = a\n`);
  await first.settings.stop();
  const { path, time, log } = first;
  await writeFile(path, `${LABEL} = b\n`);
  const files = failingFiles(t, dirname(path));
  files.fail({ at: 0, how: "once", code: "EIO", kinds: ["read"] });
  const reported: BackendChange[] = [];
  const settings = createFileSettings({ path, factory: FACTORY, clock: time.clock, scheduler: time.scheduler, log });
  await time.runUntil(settings.start((changes) => void reported.push(...changes)));
  t.after(() => settings.stop());
  assert.equal(settings.get(LABEL), "a");
  assert.match(log.at("error")[0]?.message ?? "", /EIO.*uses the file once it can be read/);
  await time.advance(2_000);
  assert.equal(settings.get(LABEL), "b");
  assert.deepEqual(reported, [{ key: LABEL, before: "a", after: "b" }]);
  assert.deepEqual(readdirSync(dirname(path)).sort(), ["phone.cfg", "phone.cfg.last-good"]);
});

test("the copy follows what is written and what a person edits, for its owner alone", async (t) => {
  const { path, time, write } = await phoneFile(t, `${LABEL} = a\n`);
  await write({ [LABEL]: "b" });
  await time.advance(1_500);
  assert.equal(await readFile(`${path}.last-good`, "utf8"), `${LABEL} = b\n`);
  assert.equal((await stat(`${path}.last-good`)).mode & 0o777, 0o600);
  await writeFile(path, `${LABEL} = by hand\n`);
  await time.advance(4_000);
  assert.equal(await readFile(`${path}.last-good`, "utf8"), `${LABEL} = by hand\n`);
});
