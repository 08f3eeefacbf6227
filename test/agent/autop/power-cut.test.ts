import assert from "node:assert/strict";
import test from "node:test";
import type { StateStore } from "../../../src/ports/state-store.ts";
import { type AgentUnderTest, createAgentUnderTest } from "../../helpers/agent-under-test.ts";

const SERVER = "http://files.example/prov";
const NAME = "Config.Account1.GENERAL.UserName";
const LABEL = "Config.Account1.GENERAL.Label";
/** Durable steps of a round: intent, done, what was applied; the others are its reports and events. */
const MAX_STEPS = 8;

async function cutAfter(steps: number, tornAfter: boolean): Promise<void> {
  let left = Number.POSITIVE_INFINITY;
  const wrapState = (inner: StateStore): StateStore => ({
    ...inner,
    load: inner.load,
    async save(document, value) {
      if (left < 0) throw new Error("no power");
      if (left-- > 0) return inner.save(document, value);
      if (tornAfter) await inner.save(document, value);
      throw new Error("the power fails");
    },
  });
  const keys = { "Config.Autoprovision.GENERAL.Url": SERVER };
  const under = createAgentUnderTest({ inMemory: true, keys, wrapState, reportAutonomousTransfers: true });
  under.server.serve(`${SERVER}/r000000000053.cfg`, `${LABEL} = common\n`);
  under.server.serve(`${SERVER}/0c1105abcdef.cfg`, `${NAME} = 1001\n`);
  await under.agent.start();
  await under.settle();
  left = steps;
  await under.time.advance(120_000);
  left = Number.POSITIVE_INFINITY;

  const found = (at: AgentUnderTest): readonly unknown[] => [at.settings.get(LABEL), at.settings.get(NAME)];
  assert.ok(["common,1001", ","].includes(found(under).join()), `half of it: ${found(under)}`);
  const after = await under.crashed();
  await after.agent.start();
  const isApplied = after.settings.get(NAME) === "1001";
  // The phone looks at a random moment of the first minute: somebody may come first.
  if (isApplied) await after.agent.local.applySettings(new Map([[NAME, "since then"]]));
  await after.time.advance(120_000);
  assert.deepEqual(found(after), ["common", isApplied ? "since then" : "1001"], "it is applied once");
  const told = [under, after].flatMap(({ acs }) => acs.sessions.flatMap((session) => session.told));
  assert.ok(
    told.filter(({ name }) => name === "AutonomousTransferComplete").length >= 2,
    "the ACS hears of both files",
  );
  await after.agent.local.applySettings(new Map([[NAME, "by hand"]]));
  const last = await after.restarted();
  await last.agent.start();
  await last.time.advance(120_000);
  assert.deepEqual(found(last), ["common", "by hand"], "it is applied once");
}

for (const tornAfter of [false, true]) {
  const when = tornAfter ? "right after" : "right before";
  test(`a power cut ${when} any durable step of a look finds all of it or none, and the next start completes it`, async () => {
    for (let steps = 0; steps <= MAX_STEPS; steps++) await cutAfter(steps, tornAfter);
  });
}
