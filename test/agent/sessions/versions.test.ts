import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AgentError } from "../../../src/cwmp/errors.ts";
import { CWMP_VERSIONS, type CwmpVersion } from "../../../src/cwmp/versions.ts";
import { encodeResponse } from "../../../src/soap/encode.ts";
import { decodeEnvelope } from "../../../src/soap/envelope.ts";
import { createAgentUnderTest } from "../../helpers/agent-under-test.ts";
import { assertValidEnvelopes, SCHEMAS_MISSING } from "../../helpers/schema.ts";
import { rpc, type SessionPlan } from "../../helpers/scripted-acs.ts";

const HTTP_500 = new AgentError("ACS_HTTP_STATUS", "the ACS answers with HTTP status 500", { status: 500 });
const SOAP_FAULT = (detail: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:dslforum-org:cwmp-1-0"><s:Body><s:Fault><faultcode>${detail === "" ? "s:MustUnderstand" : "Server"}</faultcode><faultstring>x</faultstring>${detail}</s:Fault></s:Body></s:Envelope>`;
const FAULT_8006 = SOAP_FAULT(
  "<detail><c:Fault><FaultCode>8006</FaultCode><FaultString>x</FaultString></c:Fault></detail>",
);
const namespaceOf = (inform: string | null | undefined): string => /cwmp-1-\d/.exec(inform ?? "")?.[0] ?? "";

/** An ACS that knows nothing newer than a version, and refuses the rest in its own way. */
const upTo = (namespaces: readonly string[], refusal: string | Error): SessionPlan => ({
  reply: (post, body) => (post === 0 && !namespaces.includes(namespaceOf(body)) ? refusal : undefined),
});

describe("CWMP versions", () => {
  for (const version of CWMP_VERSIONS) {
    test(`C-049 C-047 capped at ${version} the Inform speaks its namespace, and offers a list from 1.4 on only`, {
      skip: SCHEMAS_MISSING,
    }, async () => {
      const { agent, acs, settle } = createAgentUnderTest({ version });
      await agent.start();
      await settle();
      const inform = acs.last.posts[0] ?? "";
      assert.equal(namespaceOf(inform), `cwmp-1-${Math.min(Number(version.slice(2)), 2)}`);
      const offer = /<cwmp:SupportedCWMPVersions>(.*)<\/cwmp:SupportedCWMPVersions>/.exec(inform)?.[1];
      assert.equal(offer, version === "1.4" ? "1.0,1.1,1.2,1.3,1.4" : undefined);
      assert.doesNotMatch(inform, /SessionTimeout/, "C-046: it may be left out");
      await assertValidEnvelopes(acs.envelopes);
    });
  }

  test("C-048 C-050 UseCWMPVersion goes before the namespace and holds for the rest of the session", async () => {
    const { agent, acs, settle } = createAgentUnderTest();
    acs.plan({
      rpcs: [rpc("GetRPCMethods", {})],
      reply: (post, body) =>
        post === 0 ? encodeResponse("Inform", { maxEnvelopes: 1 }, withVersion(body, "1.4", "1.3")) : undefined,
    });
    await agent.start();
    await settle();
    assert.equal(agent.status().retryCount, 0);
    assert.equal(namespaceOf(acs.last.posts[2]), "cwmp-1-2");
  });

  for (const [what, refusal] of [
    ["HTTP 500", HTTP_500],
    ["HTTP 400", new AgentError("ACS_HTTP_STATUS", "the ACS answers with HTTP status 400", { status: 400 })],
    ["fault 8006", FAULT_8006],
    ["a SOAP fault about a header entry", SOAP_FAULT("")],
  ] as const) {
    test(`C-051 an ACS of 1.0 that refuses newer versions with ${what} is reached in the end, with every event`, async () => {
      const { agent, acs, time, settle } = createAgentUnderTest();
      const plan = upTo(["cwmp-1-0"], refusal);
      acs.plan(plan, plan, plan, plan, plan);
      await agent.start();
      await time.advance(120_000);
      assert.deepEqual(
        acs.sessions.map(({ posts }) => namespaceOf(posts[0])),
        ["cwmp-1-2", "cwmp-1-2", "cwmp-1-1", "cwmp-1-0"],
      );
      assert.match(acs.sessions[0]?.posts[0] ?? "", /SupportedCWMPVersions/);
      assert.doesNotMatch(acs.sessions[1]?.posts[0] ?? "", /SupportedCWMPVersions/);
      assert.deepEqual(acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
      assert.equal(acs.last.inform.retryCount, 3);
      assert.equal(agent.status().retryCount, 0);
      await agent.stop();
      await settle();
    });
  }

  test("C-051 what fails after the InformResponse is no matter of versions", async () => {
    const { agent, acs, endpoints, settle } = createAgentUnderTest();
    acs.plan({ reply: (post) => (post === 1 ? HTTP_500 : undefined) });
    await agent.start();
    await settle();
    endpoints[0]?.requested();
    await settle();
    assert.equal(acs.sessions.length, 2);
    assert.match(acs.last.posts[0] ?? "", /SupportedCWMPVersions/);
  });

  test("C-077 an ACS that asks for the Inform for ever is not taken for an old one", async () => {
    const { agent, acs, time } = createAgentUnderTest();
    acs.plan({ reply: (post) => (post < 20 ? FAULT_8006.replace("8006", "8005") : undefined) });
    await agent.start();
    await time.advance(10_000);
    assert.equal(acs.sessions.length, 2);
    assert.match(acs.last.posts[0] ?? "", /SupportedCWMPVersions/);
  });
});

function withVersion(inform: string | null, version: CwmpVersion, useCwmpVersion: CwmpVersion) {
  return { id: decodeEnvelope(inform ?? "").id, version, useCwmpVersion };
}
