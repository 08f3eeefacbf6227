import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { takesEvent, takesRpc } from "../../../src/agent/sessions/acs-methods.ts";
import { CwmpFault } from "../../../src/cwmp/errors.ts";
import { encodeFault, encodeResponse } from "../../../src/soap/encode.ts";
import { decodeEnvelope } from "../../../src/soap/envelope.ts";
import { ACS_URL, type AgentUnderTest, createAgentUnderTest } from "../../helpers/agent-under-test.ts";
import type { SessionPlan } from "../../helpers/scripted-acs.ts";

const header = (body: string | null) => ({ id: decodeEnvelope(body ?? "").id, version: "1.2" }) as const;
const LISTS = (methodList: readonly string[]): SessionPlan => ({
  reply: (post, body) => (post === 1 ? encodeResponse("GetRPCMethods", { methodList }, header(body)) : undefined),
});
const REFUSES: SessionPlan = {
  reply: (post, body) =>
    post === 1 ? encodeFault(new CwmpFault(9000), header(body)).replace("9000", "8000") : undefined,
};

async function started(plan: SessionPlan): Promise<AgentUnderTest> {
  const under = createAgentUnderTest({ askRpcMethods: true });
  under.acs.plan(plan);
  await under.agent.start();
  await under.settle();
  return under;
}

async function sendRequest(under: AgentUnderTest): Promise<void> {
  under.endpoints[0]?.requested();
  await under.settle();
}

describe("what the ACS serves", () => {
  test("C-073 the ACS is asked after the InformResponse and before the first empty POST, once for its URL", async () => {
    const under = await started(LISTS(["Inform", "TransferComplete"]));
    assert.deepEqual(under.acs.last.asked, ["GetRPCMethods"]);
    assert.equal(under.acs.last.posts[2], null);
    await sendRequest(under);
    assert.deepEqual(under.acs.last.asked, []);
    const again = await under.restarted();
    await again.agent.start();
    await again.settle();
    assert.deepEqual(again.acs.last.asked, []);
  });

  test("C-033 a new ACS URL is asked anew", async () => {
    const under = await started(LISTS(["Inform"]));
    under.acs.plan(LISTS([]));
    const url = new Map([["Config.TR069.ManagementServer.URL", `${ACS_URL}/new`]]);
    under.reportForeign(await under.settings.stage(url).apply());
    await under.settle();
    assert.deepEqual(under.acs.last.eventCodes, ["0 BOOTSTRAP"]);
    assert.deepEqual(under.acs.last.asked, ["GetRPCMethods"]);
  });

  test("C-078 an ACS that answers with a fault ends no session, and is asked again after the next boot only", async () => {
    const under = await started(REFUSES);
    assert.equal(under.agent.status().retryCount, 0);
    assert.deepEqual(under.agent.status().pendingEvents, []);
    assert.equal(under.acs.last.posts[2], null);
    await sendRequest(under);
    assert.deepEqual(under.acs.last.asked, []);
    const again = await under.restarted();
    await again.agent.start();
    await again.settle();
    assert.deepEqual(again.acs.last.asked, ["GetRPCMethods"]);
  });

  test("nobody is asked unless the setting says so", async () => {
    const under = createAgentUnderTest();
    await under.agent.start();
    await under.settle();
    assert.deepEqual(under.acs.last.asked, []);
  });

  test("C-050 optional RPCs are called where the ACS lists them or its list is not known, and their events told there", () => {
    const event = { code: "10 AUTONOMOUS TRANSFER COMPLETE", commandKey: "" } as const;
    for (const [version, methods, takes] of [
      ["1.2", null, true],
      ["1.2", ["AutonomousTransferComplete"], true],
      ["1.2", ["Inform"], false],
      ["1.0", null, false],
    ] as const) {
      assert.equal(takesRpc("AutonomousTransferComplete", { version, methods }), takes);
      assert.equal(takesEvent(event, { version, methods }), takes);
      assert.equal(takesRpc("TransferComplete", { version, methods }), true);
      assert.equal(takesEvent({ code: "M Download", commandKey: "" }, { version, methods }), true);
    }
  });
});
