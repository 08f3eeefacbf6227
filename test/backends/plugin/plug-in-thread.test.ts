import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { openPlugIn } from "../../../src/backends/plugin/plug-in-backend.ts";
import type { Backend, BackendChange } from "../../../src/ports/backend.ts";
import { createFakeTime, type FakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger, type MemoryLogger } from "../../helpers/memory-logger.ts";
import { brokenModule, factsOf, LABEL, PASSWORD, writeModule } from "./modules.ts";

const CALL_MS = 10_000;
/** For what the thread does by itself, in real time. */
const PATIENCE_MS = 20_000;

interface Opened {
  readonly backend: Backend;
  /** Limits of calls pass in it alone, so that a slow machine breaks none. */
  readonly time: FakeTime;
  readonly log: MemoryLogger;
}

/** A whole backend with something broken, in a thread of its own. */
async function open(t: TestContext, statements: string): Promise<Opened> {
  const time = createFakeTime({ inMemory: true });
  const log = createMemoryLogger();
  const facts = await factsOf(t, await writeModule(t, brokenModule(statements)));
  const { clock, scheduler } = time;
  const plugIn = await openPlugIn({ name: "my-phone.mjs", facts, longCallMs: CALL_MS, clock, scheduler, log });
  t.after(() => plugIn.close());
  return { backend: plugIn.backend, time, log };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!holds()) {
    assert.ok(performance.now() < deadline, what);
    await delay(5);
  }
}

const reads = async (backend: Backend) => (await backend.read([LABEL])).get(LABEL);
const write = async (backend: Backend, key: string, value: string) =>
  (await backend.stage(new Map([[key, value]]))).apply();

test("a plug-in has variables of its own, and none of the agent's settings", async (t) => {
  process.env.AKUVOX_CPE_ACS_PASSWORD = "hunter2";
  process.env.MY_PHONE = "desk-2";
  t.after(() => {
    delete process.env.AKUVOX_CPE_ACS_PASSWORD;
    delete process.env.MY_PHONE;
  });
  const { backend } = await open(
    t,
    `backend.read = async (keys) => new Map(keys.map((key) => [key, \`\${process.env.MY_PHONE} \${process.env.AKUVOX_CPE_ACS_PASSWORD}\`]));`,
  );
  assert.equal(await reads(backend), "desk-2 undefined");
});

test("an endless loop costs one error, and the next call is answered by a fresh one", async (t) => {
  const { backend, time, log } = await open(
    t,
    "const { read } = backend; backend.read = (keys) => { while (keys.length > 1); return read(keys); };",
  );
  assert.equal(await reads(backend), "desk");
  const hanging = backend.read([LABEL, PASSWORD]).catch(String);
  await time.advance(CALL_MS);
  assert.match(String(await hanging), /plug-in my-phone\.mjs: read: read has taken longer than 10 seconds/);
  assert.equal(await reads(backend), "desk");
  assert.deepEqual(
    log.at("error").map(({ message }) => message),
    ["The plug-in was reloaded", "The plug-in has failed"],
  );
});

test("a loop in a timer of its own is found out by the next call", async (t) => {
  const { backend, time } = await open(t, "setTimeout(() => { if (values === undefined) for (;;); }, 0); let values;");
  await delay(50);
  const hanging = backend.read([LABEL]).catch(String);
  await time.advance(CALL_MS);
  assert.match(String(await hanging), /has taken longer/);
});

test("what it throws and rejects where nobody waits is logged, and it goes on", async (t) => {
  const statements = `
    setTimeout(() => { throw new Error("in a timer"); }, 1);
    setTimeout(() => { Promise.reject(new Error("in a promise")); }, 2);`;
  const { backend, log } = await open(t, statements);
  await until("both are logged", () => log.at("error").length === 2);
  assert.deepEqual(
    log.at("error").map(({ message, fields }) => [message, fields]),
    [
      ["Uncaught exception", { plugIn: "my-phone.mjs", reason: "in a timer" }],
      ["Unhandled promise rejection", { plugIn: "my-phone.mjs", reason: "in a promise" }],
    ],
  );
  assert.equal(await reads(backend), "desk");
});

test("one that ends its process ends itself alone, and is loaded anew", async (t) => {
  const { backend } = await open(t, "backend.reboot = () => process.exit(3);");
  await assert.rejects(backend.reboot("key"), /plug-in my-phone\.mjs: reboot: it has exited \(exit code 3\)/);
  assert.equal(await reads(backend), "desk");
});

test("one that holds ever more memory is ended before the phone runs out of it, and is loaded anew", async (t) => {
  const leak = "const all = []; setInterval(() => { for (let i = 0; i < 100_000; i++) all.push({ i }); }, 50);";
  const { backend, log } = await open(t, `backend.reboot = async () => { ${leak} };`);
  await backend.reboot("key");
  await until("it is ended", () => log.at("error").length === 2);
  assert.deepEqual(
    log.at("error").map(({ message, fields }) => [message, fields.reason]),
    [
      ["It holds more than 128 MiB of memory, and is ended", undefined],
      ["The plug-in was reloaded", "it has exited (exit code 1)"],
    ],
  );
  assert.equal(await reads(backend), "desk");
});

test("what it throws in a call becomes one error of the agent's, sooner or later, with the call in the log", async (t) => {
  const statements = `
    backend.read = () => { throw new Error("at once"); };
    backend.reboot = async () => { throw "a text"; };
    backend.factoryReset = async () => { throw Object.assign(new Error("own class"), { code: "BACKEND_REFUSED" }); };
    backend.stage = async (changes) => { throw context.refuse([...changes.keys()][0] + ": no room"); };
    backend.files.install = async () => { throw Object.assign(new Error("too short"), { faultCode: 9018 }); };
    backend.files.verify = async () => { throw context.fault(9019, "not signed"); };
    backend.files.produce = async () => "text";`;
  const { backend, log } = await open(t, statements);
  await assert.rejects(reads(backend), { code: "BACKEND_IO", message: "plug-in my-phone.mjs: read: at once" });
  await assert.rejects(backend.reboot(""), { code: "BACKEND_IO", message: "plug-in my-phone.mjs: reboot: a text" });
  await assert.rejects(backend.factoryReset(), { code: "BACKEND_IO" });
  await assert.rejects(write(backend, LABEL, "x"), { code: "BACKEND_REFUSED", message: `${LABEL}: no room` });
  const { files } = backend;
  await assert.rejects(async () => files?.install("1 x", "/x"), { faultCode: 9018, message: /unusable: too short$/ });
  await assert.rejects(async () => files?.verify?.("1 x"), { faultCode: 9019, message: /failure: not signed$/ });
  await assert.rejects(async () => files?.produce("1 y"), {
    code: "BACKEND_IO",
    message: /a Uint8Array, not a string$/,
  });
  const lines = log.at("error").map(({ fields }) => [fields.plugIn, fields.call, fields.reason]);
  assert.deepEqual(lines, [
    ["my-phone.mjs", "read", "at once"],
    ["my-phone.mjs", "reboot", "a text"],
    ["my-phone.mjs", "factoryReset", "own class"],
    ["my-phone.mjs", "produce", "it must answer a Uint8Array, not a string"],
  ]);
});

test("C-281 passwords that have gone through it are in no error and no log line, whoever writes it", async (t) => {
  const statements = `
    const { stage } = backend;
    backend.stage = async (changes) => {
      const text = [...changes.values()].join();
      context.log.warn("writing " + text);
      console.log("printed");
      setTimeout(() => { throw new Error("later " + text); }, 1);
      return { ...(await stage(changes)), apply() { throw context.failed("cannot write " + text); } };
    };`;
  const { backend, log } = await open(t, statements);
  await assert.rejects(write(backend, PASSWORD, "hunter2"), { message: /cannot write \*{8}$/ });
  await until("all is logged", () => log.at("error").length === 2 && log.at("info").length === 1);
  assert.doesNotMatch(log.text(), /hunter2/);
  assert.deepEqual(log.lines.map(({ message }) => message).toSorted(), [
    "The plug-in has failed",
    "Uncaught exception",
    "printed",
    "writing ********",
  ]);
});

test("what it reports arrives, unless it is nonsense", async (t) => {
  const statements = `
    backend.reboot = async () => {
      backend.onChange([{ key: "${LABEL}", before: "desk", after: 5 }]);
      backend.onChange([{ key: "${LABEL}", before: "desk", after: "hall" }]);
    };
    backend.locate = () => "phone.cfg:12";`;
  const { backend, log } = await open(t, statements);
  const reported: BackendChange[] = [];
  await backend.start((changes) => void reported.push(...changes));
  await backend.reboot("");
  assert.deepEqual(reported, [{ key: LABEL, before: "desk", after: "hall" }]);
  assert.equal(backend.locate(LABEL), "phone.cfg:12");
  assert.deepEqual(
    log.at("error").map(({ message }) => message),
    ["A report of a change is dropped"],
  );
});

test("a module that cannot be used is refused with its path, and leaves no thread", async (t) => {
  const time = createFakeTime();
  const facts = await factsOf(t, await writeModule(t, "export const nothing = 1;"));
  const { clock, scheduler } = time;
  const log = createMemoryLogger();
  await assert.rejects(openPlugIn({ name: "my-phone.mjs", facts, longCallMs: CALL_MS, clock, scheduler, log }), {
    code: "CONFIG",
    message: `the plug-in ${facts.module} cannot be loaded: it must export a function createBackend, and exports nothing`,
  });
});
