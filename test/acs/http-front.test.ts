import assert from "node:assert/strict";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { WireEvent } from "../../src/ports/acs-transport.ts";
import { createThrowawayCa, writeThrowawayCa } from "../../src/system/certificates/throwaway-ca.ts";
import { startAcs } from "../helpers/acs-under-test.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { holdOpen } from "../helpers/hold-open.ts";
import { informEnvelope } from "../helpers/scripted-cpe.ts";
import { seededRandom } from "../helpers/seeded-random.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** Certificates are checked by the real clock, whatever the test's own says. */
const ports = { clock: createFakeTime({ now: Date.now() }).clock, random: seededRandom() };

test("a CPE that trusts the throwaway CA is served over TLS, one that does not is not", async (t) => {
  const tls = await createThrowawayCa(["127.0.0.1", "localhost"], ports);
  const { cpe, acs } = await startAcs(t, { tls });
  assert.match(acs.url, /^https:\/\/127\.0\.0\.1:\d+\/$/);
  assert.equal((await cpe({ ca: tls.ca }).post(informEnvelope())).status, 200);
  const stranger = await createThrowawayCa(["127.0.0.1"], ports);
  await assert.rejects(cpe({ ca: stranger.ca }).post(informEnvelope()), /certificate|self-signed|issuer/i);
});

test("a throwaway certificate is only for the names that were given", async (t) => {
  const tls = await createThrowawayCa(["phone.example"], ports);
  const { cpe } = await startAcs(t, { tls });
  await assert.rejects(cpe({ ca: tls.ca }).post(null), { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
});

test("the throwaway CA's files are for their owner alone", async (t) => {
  const folder = join(await temporaryFolder(t), "tls");
  const paths = await writeThrowawayCa(await createThrowawayCa(["localhost"], ports), folder);
  for (const path of Object.values(paths)) assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test("a message beyond the limit is refused with 413, whether it says its length or not", async (t) => {
  const { cpe, events } = await startAcs(t, { maxBodyBytes: 1000 });
  assert.equal((await cpe().post("x".repeat(1001))).status, 413);
  const chunked = await cpe()
    .post("x".repeat(5000), { "transfer-encoding": "chunked", "content-length": "" })
    .catch(() => null);
  assert.ok(chunked === null || chunked.status >= 400);
  assert.ok(events.some((event) => event.kind === "refused" && event.status === 413));
});

test("idle connections of one address do not shut the port, and a CPE in a session keeps its own", async (t) => {
  const { cpe, acs } = await startAcs(t, { connections: { total: 20, perSource: 8 } });
  const known = cpe();
  assert.equal((await known.post(informEnvelope())).status, 200);
  await holdOpen(t, { port: acs.port, from: "127.0.0.66", count: 40 });
  assert.equal((await known.post(null)).status, 204);
  assert.equal((await cpe().post(informEnvelope())).status, 200);
});

test("a port in use is an error that names it", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  await assert.rejects(startAcs(t, { port }), {
    code: "LISTEN",
    message: `cannot listen on 127.0.0.1:${port}: the port is in use`,
  });
});

test("an observer hears each session's connection, messages and end", async (t) => {
  const heard: [number, WireEvent][] = [];
  const { cpe } = await startAcs(t, { trace: (session, _at, event) => void heard.push([session, event]) });
  const phone = cpe();
  await phone.post(informEnvelope());
  await phone.post(null);
  await phone.post(informEnvelope());
  const kinds = heard.map(([session, event]) => `${session} ${event.kind}`);
  assert.deepEqual(kinds, [
    "1 connected",
    "1 sent",
    "1 received",
    "1 sent",
    "1 received",
    "1 closed",
    "2 connected",
    "2 sent",
    "2 received",
  ]);
  const [, posted] = heard[1] ?? [];
  assert.ok(posted?.kind === "sent" && posted.body === informEnvelope() && posted.bytes > 0 && !posted.authorized);
});
