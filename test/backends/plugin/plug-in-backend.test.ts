import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type OpenPlugIn, openPlugIn } from "../../../src/backends/plugin/plug-in-backend.ts";
import type { CallName } from "../../../src/backends/plugin/protocol.ts";
import type { Thread, ThreadOptions } from "../../../src/backends/plugin/thread.ts";
import { AgentError, isAgentError } from "../../../src/cwmp/errors.ts";
import type { Backend, BackendChange } from "../../../src/ports/backend.ts";
import { createFakeTime, type FakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger, type MemoryLogger } from "../../helpers/memory-logger.ts";
import { factsOf, LABEL } from "./modules.ts";

const CALL_MS = 10_000;
const LONG_MS = 300_000;
const NEVER = new Promise<never>(() => {});

interface FakeThread {
  readonly options: ThreadOptions;
  readonly asked: string[];
  ended: string | null;
}

/** A plug-in in a thread that is none: `answer` says what it does. */
interface World {
  readonly time: FakeTime;
  readonly log: MemoryLogger;
  readonly threads: FakeThread[];
  /** What the next calls of a name are answered with. */
  readonly answers: Partial<Record<CallName | "load", () => unknown>>;
  readonly open: () => Promise<OpenPlugIn>;
}

async function createWorld(t: TestContext): Promise<World> {
  const time = createFakeTime();
  const log = createMemoryLogger();
  const threads: FakeThread[] = [];
  const answers: World["answers"] = {};
  const facts = await factsOf(t, "/x/my-phone.mjs", { callMs: CALL_MS });
  const start = (options: ThreadOptions): Thread => {
    const fake: FakeThread = { options, asked: [], ended: null };
    threads.push(fake);
    return threadOf(fake, answers);
  };
  const { clock, scheduler } = time;
  const open = () => openPlugIn({ name: "my-phone.mjs", facts, longCallMs: LONG_MS, clock, scheduler, log, start });
  return { time, log, threads, answers, open };
}

function threadOf(fake: FakeThread, answers: World["answers"]): Thread {
  let fail: (error: Error) => void = () => {};
  const gone = new Promise<never>((_, reject) => {
    fail = reject;
  });
  gone.catch(() => {});
  const files = { installs: ["1 x"], produces: ["1 y"], verifies: true };
  const description = { level: "backend", supported: new Set([LABEL]), files, reached: true } as const;
  const usual = (name: CallName): unknown =>
    name === "stage" ? 1 : name === "start" ? new Map([[LABEL, "phone.cfg:1"]]) : "applied";
  const answer = async (name: CallName): Promise<unknown> => (answers[name] ?? (() => usual(name)))();
  const load = async () => (answers.load === undefined ? description : answers.load()) as typeof description;
  return {
    loaded: Promise.race([gone, load()]),
    get isGone() {
      return fake.ended !== null;
    },
    async call(name, ..._args) {
      if (fake.ended !== null) throw new AgentError("BACKEND_IO", fake.ended);
      fake.asked.push(name);
      // The table of calls says what each is answered with.
      return Promise.race([gone, answer(name)]) as never;
    },
    async end(reason) {
      fake.ended ??= reason;
      fail(new AgentError("BACKEND_IO", reason));
    },
  };
}

const CHANGE: BackendChange = { key: LABEL, before: "desk", after: "hall" };
const changes = new Map([[LABEL, "hall"]]);

/** Each call of a backend, and how long it may take. */
const CALLS: readonly (readonly [name: CallName, use: (backend: Backend) => Promise<unknown>, limitMs: number])[] = [
  ["start", (backend) => backend.start(() => {}), LONG_MS],
  ["read", (backend) => backend.read([LABEL]), CALL_MS],
  ["stage", (backend) => backend.stage(changes), CALL_MS],
  ["apply", async (backend) => (await backend.stage(changes)).apply(), CALL_MS],
  ["discard", async (backend) => (await backend.stage(changes)).discard(), CALL_MS],
  ["reboot", (backend) => backend.reboot("key"), LONG_MS],
  ["factoryReset", (backend) => backend.factoryReset(), LONG_MS],
  ["install", async (backend) => backend.files?.install("1 x", "/x"), LONG_MS],
  ["verify", async (backend) => backend.files?.verify?.("1 x"), LONG_MS],
  ["produce", async (backend) => backend.files?.produce("1 y"), LONG_MS],
];

for (const [name, use, limitMs] of CALLS) {
  test(`a plug-in that hangs in ${name} costs one error: its thread is ended, and another one answers`, async (t) => {
    const { time, log, threads, answers, open } = await createWorld(t);
    const { backend } = await open();
    answers[name] = () => NEVER;
    const hanging = use(backend).catch((error) => error);
    await time.advance(limitMs - 1);
    assert.equal(threads[0]?.ended, null);
    await time.advance(1);
    const reason = `${name} has taken longer than ${limitMs / 1_000} seconds`;
    const error: unknown = await hanging;
    assert.ok(isAgentError(error, "BACKEND_IO"), String(error));
    assert.equal(error.message, `plug-in my-phone.mjs: ${name}: ${reason}`);
    assert.equal(threads[0]?.ended, reason);
    assert.deepEqual(
      log.at("error").map(({ fields, message }) => [message, fields]),
      [
        ["The plug-in was reloaded", { plugIn: "my-phone.mjs", reason }],
        ["The plug-in has failed", { plugIn: "my-phone.mjs", call: name, reason }],
      ],
    );
    delete answers[name];
    await use(backend);
    assert.equal(threads.length, 2);
    assert.deepEqual(time.pendingTimers(), []);
  });
}

test("one that hangs in stop is ended, and nobody hears of it but the log", async (t) => {
  const { time, threads, answers, open } = await createWorld(t);
  const { backend } = await open();
  await backend.start(() => {});
  answers.stop = () => NEVER;
  const stopped = backend.stop();
  await time.advance(CALL_MS);
  await stopped;
  assert.equal(threads[0]?.ended, "stop has taken longer than 10 seconds");
  assert.deepEqual(threads[1]?.asked, []);
});

test("one that dies while the agent has it started is started again, and reports as before", async (t) => {
  const { threads, time, open } = await createWorld(t);
  const { backend } = await open();
  const reported: BackendChange[] = [];
  await backend.start((report) => void reported.push(...report));
  await time.advance(60_000);
  threads[0]?.options.onEnd("it has exited (exit code 0)");
  assert.deepEqual(await backend.read([LABEL]), "applied");
  assert.deepEqual(threads[1]?.asked, ["start", "read"]);
  threads[0]?.options.onReport({ type: "report", changes: [CHANGE], places: new Map() });
  assert.deepEqual(reported, [], "a dead one reports nothing");
  threads[1]?.options.onReport({ type: "report", changes: [CHANGE], places: new Map([[LABEL, "phone.cfg:7"]]) });
  assert.deepEqual(reported, [CHANGE]);
  assert.equal(backend.locate(LABEL), "phone.cfg:7");
  await backend.stop();
});

test("one that keeps dying is loaded again after ever longer rests, of a minute at most", async (t) => {
  const { threads, time, answers, open } = await createWorld(t);
  await open();
  const born: number[] = [];
  answers.load = () => {
    born.push(time.clock.monotonic());
    throw new AgentError("BACKEND_IO", "no bus");
  };
  threads[0]?.options.onEnd("it has exited (exit code 1)");
  await time.advance(250_000);
  assert.deepEqual(
    born,
    [0, 0, 0, 1, 3, 7, 15, 31, 63, 123, 183, 243].map((second) => second * 1_000),
  );
});

test("a call that meets none waits for the next one, within its own limit", async (t) => {
  const { threads, time, answers, open } = await createWorld(t);
  const { backend } = await open();
  answers.load = () => {
    throw new AgentError("BACKEND_IO", "no bus");
  };
  threads[0]?.options.onEnd("it has exited (exit code 1)");
  const early = backend.read([LABEL]).catch(String);
  await time.advance(CALL_MS);
  assert.match(String(await early), /my-phone\.mjs: read: reloading it takes longer than 10 seconds/);
  const waiting = backend.read([LABEL]);
  delete answers.load;
  await time.advance(6_000);
  assert.equal(await waiting, "applied");
});

test("what was on its way when it was told to stop is dropped without a word", async (t) => {
  const { log, threads, answers, open } = await createWorld(t);
  const { backend } = await open();
  const reported: BackendChange[] = [];
  const report = () => threads[0]?.options.onReport({ type: "report", changes: [CHANGE], places: new Map() });
  await backend.start((changes) => void reported.push(...changes));
  answers.stop = report;
  await backend.stop();
  assert.deepEqual([reported, log.lines.length], [[], 0]);
  report();
  assert.deepEqual([reported, log.lines.length], [[], 1]);
});

test("what is reported after stop is dropped; refusals and faults are no trouble of the log's", async (t) => {
  const { threads, log, answers, open } = await createWorld(t);
  const { backend } = await open();
  const reported: BackendChange[] = [];
  await backend.start((report) => void reported.push(...report));
  await backend.stop();
  threads[0]?.options.onReport({ type: "report", changes: [CHANGE], places: new Map() });
  assert.deepEqual(reported, []);
  assert.equal(log.at("warn").length, 1);
  answers.stage = () => {
    throw new AgentError("BACKEND_REFUSED", "no room");
  };
  await assert.rejects(backend.stage(changes), { code: "BACKEND_REFUSED", message: "no room" });
  assert.deepEqual(log.at("error"), []);
});

test("one that does not load within the time of a call is refused, and nothing stays open", async (t) => {
  const { threads, time, answers, open } = await createWorld(t);
  answers.load = () => NEVER;
  const opening = open().catch((error) => error);
  await time.advance(CALL_MS);
  const error: unknown = await opening;
  assert.ok(isAgentError(error, "BACKEND_IO"));
  assert.equal(error.message, "the plug-in /x/my-phone.mjs cannot be loaded: loading it takes longer than 10 seconds");
  assert.notEqual(threads[0]?.ended, null);
  assert.deepEqual(time.pendingTimers(), []);
});

test("once it is closed it is not loaded again, and calls fail", async (t) => {
  const { threads, time, answers, open } = await createWorld(t);
  const { backend, close } = await open();
  answers.load = () => NEVER;
  threads[0]?.options.onEnd("it has exited (exit code 1)");
  await time.advance(100);
  await close();
  await time.advance(200_000);
  assert.equal(threads.length, 2);
  assert.notEqual(threads[1]?.ended, null);
  await assert.rejects(backend.read([LABEL]), { code: "BACKEND_IO" });
  assert.deepEqual(time.pendingTimers(), []);
});
