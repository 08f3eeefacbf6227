import assert from "node:assert/strict";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { createAcsTransport } from "../../src/net/acs-transport.ts";
import type { AcsTransport } from "../../src/ports/acs-transport.ts";
import { encodeResponse } from "../../src/soap/encode.ts";
import { decodeEnvelope } from "../../src/soap/envelope.ts";
import { createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { createTestCa } from "../helpers/certificates.ts";
import { seededRandom } from "../helpers/seeded-random.ts";
import { SESSION_LIMITS, until } from "../helpers/transport.ts";

const ca = await createTestCa();
const valid = await ca.issue(["127.0.0.1"]);
/** What any certificate is to a phone whose clock stands at 1970: TLS asks the clock of the machine, which no test may set. */
const early = await ca.issue(["127.0.0.1"], { notYetValid: true });
const expired = await ca.issue(["127.0.0.1"], { expired: true });

/** An ACS that has nothing to say, over TLS. */
async function startAcs(t: TestContext, certificate: { readonly cert: string; readonly key: string }) {
  const informs: string[] = [];
  const server = createServer(certificate, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    if (body === "") return void response.writeHead(204).end();
    informs.push(body);
    const { id } = decodeEnvelope(body);
    response.setHeader("Content-Type", "text/xml");
    response.end(encodeResponse("Inform", { maxEnvelopes: 1 }, { id, version: "1.0" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { server, informs, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

for (const [what, wrong, message] of [
  ["not valid yet, as all are in 1970", early, /not valid yet: set this host's clock right/],
  ["over, as all are to a clock that is years ahead", expired, /expired.*set this host's clock right/],
] as const) {
  test(`C-032 C-108 while the ACS's certificate is ${what}, no Inform goes out; the next try after the clock is set does it`, async (t) => {
    const { server, informs, url } = await startAcs(t, wrong);
    let made: AcsTransport | null = null;
    const transport: AcsTransport = { open: (...args) => (made ?? assert.fail()).open(...args) };
    const under = createAgentUnderTest({
      keys: { "Config.TR069.ManagementServer.URL": url },
      now: 86_400_000,
      transport,
    });
    const { agent, time, log } = under;
    made = createAcsTransport({
      ...{ tls: { ca: ca.ca, minVersion: "TLSv1.2" }, clock: time.clock, scheduler: time.scheduler },
      ...{ random: seededRandom(), userAgent: "akuvox-cpe/test", log },
      ...SESSION_LIMITS,
    });
    t.after(() => agent.stop());
    await agent.start();
    for (const failures of [1, 2, 3]) {
      await until(() => agent.status().phase === "waiting");
      assert.equal(agent.status().retryCount, failures);
      assert.match(agent.history.last?.failure?.message ?? "", message);
      assert.equal(agent.history.last?.failure?.code, "ACS_TLS");
      assert.equal(informs.length, 0);
      if (failures === 3) server.setSecureContext(valid);
      await time.advance(agent.status().retryInMs ?? assert.fail());
    }
    await until(() => agent.status().phase === "idle");
    assert.equal(informs.length, 1);
    assert.match(informs[0] ?? "", /0 BOOTSTRAP/);
    assert.match(informs[0] ?? "", /<RetryCount>3</);
    assert.equal(agent.status().retryCount, 0);
  });
}
