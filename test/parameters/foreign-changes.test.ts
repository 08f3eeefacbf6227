import assert from "node:assert/strict";
import { test } from "node:test";
import type { StateStore } from "../../src/ports/state-store.ts";
import { createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { userSets } from "../helpers/calls.ts";

const KEY = "Config.Account1.SIP.Port";

/** A state that keeps the writers of parameters waiting until it is told to go on. */
function slowState(state: StateStore) {
  const waiting: (() => void)[] = [];
  let isSlow = false;
  const slow: StateStore = {
    ...state,
    load: (document) => state.load(document),
    erase: () => state.erase(),
    async save(document, value) {
      if (isSlow && document.name === "parameters") await new Promise<void>((resolve) => void waiting.push(resolve));
      await state.save(document, value);
    },
  };
  return {
    slow,
    hold: () => {
      isSlow = true;
    },
    goOn: () => {
      isSlow = false;
      for (const release of waiting) release();
    },
  };
}

test("an invalid text is told when its last good value is kept durably, and not before", async () => {
  const gates: ReturnType<typeof slowState>[] = [];
  const under = createAgentUnderTest({
    wrapState(state) {
      const gate = slowState(state);
      gates.push(gate);
      return gate.slow;
    },
  });
  const { hold, goOn } = gates[0] ?? assert.fail("the state is not wrapped");
  await under.agent.start();
  await userSets(under, KEY, "5070");
  const told = () => under.log.lines.filter(({ message }) => message.includes("banana")).length;
  hold();
  await userSets(under, KEY, "banana");
  assert.equal(told(), 0);
  goOn();
  await under.settle();
  assert.equal(told(), 1);
  await under.agent.stop();
});
