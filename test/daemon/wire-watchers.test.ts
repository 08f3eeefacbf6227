import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { openWireWatchers, type WireWatchersOptions } from "../../src/daemon/wire-watchers.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { CLOSED, envelope, sent } from "../helpers/wire-events.ts";

const model = loadDataModel(defaultDataModelFolder());
const SECRET = "Tr0ub4dor";
const NAME = "Device.ManagementServer.ConnectionRequestPassword";
const MESSAGE = envelope(
  "SetParameterValues",
  `<ParameterList><ParameterValueStruct><Name>${NAME}</Name><Value>${SECRET}</Value></ParameterValueStruct></ParameterList>`,
);

function open({ web = false, control = false, traceFolder = null }: Partial<Faces> & Partial<WireWatchersOptions>) {
  const config = { web: { enable: web }, control: { enable: control } } as WireWatchersOptions["config"];
  return openWireWatchers({ config, traceFolder, model, log: createMemoryLogger(), others: [] });
}

interface Faces {
  readonly web: boolean;
  readonly control: boolean;
}

test("nobody watches while no face is there to show it, and no trace is wanted", () => {
  const watchers = open({});
  assert.equal(watchers.observe, undefined);
  assert.deepEqual(watchers.sessions.sessions(), []);
});

test("the last sessions are kept for either face, without the secrets of the data model", () => {
  for (const face of [{ web: true }, { control: true }]) {
    const { observe, sessions } = open(face);
    observe?.(1, 0, sent(MESSAGE));
    assert.equal(sessions.get(1)?.records[0]?.detail, NAME);
    assert.equal(sessions.envelope(1, 0), MESSAGE.replace(SECRET, "********"));
  }
});

test("the first record of a session says when it began and what for", () => {
  const { observe, sessions } = open({ web: true });
  observe?.(1, 7, sent(MESSAGE), { at: 5, events: ["1 BOOT"] });
  const [record] = sessions.get(1)?.records ?? [];
  assert.deepEqual([record?.startedAt, record?.events], [5, ["1 BOOT"]]);
});

test("the trace and the log of sessions hear the same", async (context) => {
  const traceFolder = await temporaryFolder(context);
  const watchers = open({ web: true, traceFolder });
  watchers.observe?.(1, 0, sent(MESSAGE));
  await watchers.close();
  assert.equal(watchers.sessions.get(1)?.records.length, 1);
  assert.deepEqual(readdirSync(traceFolder), ["0001-cpe-SetParameterValues.xml", "trace.jsonl"]);
  assert.ok(!readFileSync(`${traceFolder}/0001-cpe-SetParameterValues.xml`, "utf8").includes(SECRET));
});

test("a trace without faces fills no memory", async (context) => {
  const watchers = open({ traceFolder: await temporaryFolder(context) });
  watchers.observe?.(1, 0, sent(MESSAGE));
  await watchers.close();
  assert.deepEqual(watchers.sessions.sessions(), []);
});

test("a trace tells when its session began, what for and whose it is", async (context) => {
  const traceFolder = await temporaryFolder(context);
  const { observe, close } = open({ traceFolder });
  observe?.(1, 1_005, CLOSED, { at: 1_000, events: ["2 PERIODIC"], phone: "one" });
  await close();
  const [line = ""] = readFileSync(`${traceFolder}/trace.jsonl`, "utf8").split("\n");
  assert.deepEqual(JSON.parse(line), {
    ...{ session: 1, at: 1_005, startedAt: 1_000, events: ["2 PERIODIC"], phone: "one", kind: "closed" },
  });
});
