import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { MISBEHAVIOURS, type Misbehaviour } from "../../../src/config/fleet/scenario-options.ts";
import { createForeignSessions } from "../../../src/fleet/misbehaviour/foreign-sessions.ts";
import { misbehavingTransport } from "../../../src/fleet/misbehaviour/misbehaving-transport.ts";
import type { AcsTransport } from "../../../src/ports/acs-transport.ts";
import { encodeRequest, encodeResponse } from "../../../src/soap/encode.ts";
import { decodeEnvelope } from "../../../src/soap/envelope.ts";
import { fleetOf } from "../../helpers/fleet.ts";

const INFORM = encodeRequest(
  "Inform",
  {
    deviceId: { manufacturer: "M", oui: "0C1105", productClass: "P", serialNumber: "1" },
    event: [{ eventCode: "2 PERIODIC", commandKey: "" }],
    maxEnvelopes: 1,
    currentTime: "2026-01-02T03:04:05Z",
    retryCount: 0,
    parameterList: [{ name: "Device.X", value: "1", type: "string" }],
  },
  { id: "7", version: "1.2" },
);
const ANSWER = encodeResponse(
  "GetParameterValues",
  { parameterList: [{ name: "Device.X", value: "1", type: "string" }] },
  { id: "8", version: "1.2" },
);

function faultsOf(settings: object) {
  const [fault = assert.fail()] = fleetOf({ groups: [{ count: 1 }], misbehaviour: [settings] }).misbehaviour;
  return fault;
}

/** A phone that does this wrong, at an ACS that takes everything; `url` is for what goes past the transport. */
function phone(settings: object, foreign = createForeignSessions(), url = "http://127.0.0.1:9/") {
  const sent: (string | null)[] = [];
  const injected: Misbehaviour[] = [];
  const inner: AcsTransport = {
    open: () => ({
      async post(envelope) {
        sent.push(envelope);
        return { status: 204, body: null };
      },
      close: async () => void sent.push("closed"),
    }),
  };
  const transport = misbehavingTransport(inner, {
    ...{ faults: [faultsOf(settings)], foreign, ca: undefined },
    wait: async () => {},
    allowed: async () => {},
    injected: (fault) => void injected.push(fault),
  });
  const open = () => transport.open({ url, username: "", password: "" }, new AbortController().signal);
  return { sent, injected, open };
}

test("each fault that is of a message alone changes that message, and is told", async () => {
  const cases: readonly [object, string | null, (sent: string) => boolean][] = [
    [{ fault: "wrongId" }, ANSWER, (sent) => decodeEnvelope(sent).id === "not-8"],
    [{ fault: "malformedXml", step: 1 }, INFORM, (sent) => sent.length < INFORM.length && INFORM.startsWith(sent)],
    [{ fault: "faultPerRpc" }, ANSWER, (sent) => decodeEnvelope(sent).id === "8" && sent.includes("<FaultCode>9002<")],
    [{ fault: "hugeValues", bytes: 5000 }, ANSWER, (sent) => sent.includes(`>${"A".repeat(5000)}<`)],
    [{ fault: "clockSkew", skewSeconds: -86_400 }, INFORM, (sent) => sent.includes(">2026-01-01T03:04:05.000Z<")],
  ];
  for (const [settings, envelope, isWrong] of cases) {
    const { sent, injected, open } = phone(settings);
    await open().post(envelope);
    assert.ok(isWrong(sent[0] ?? ""), `${JSON.stringify(settings)} ${sent[0]?.slice(0, 400)}`);
    assert.equal(injected.length, 1);
  }
});

test("an Inform, an empty message and an answer without values stay as they are where the fault is not for them", async () => {
  for (const [settings, envelope] of [
    [{ fault: "wrongId" }, INFORM],
    [{ fault: "hugeValues" }, INFORM],
    [{ fault: "faultPerRpc" }, null],
    [{ fault: "clockSkew" }, ANSWER],
    [{ fault: "malformedXml", step: 2 }, INFORM],
  ] as const) {
    const { sent, injected, open } = phone(settings);
    await open().post(envelope);
    assert.deepEqual([sent, injected], [[envelope], []]);
  }
});

test("an Inform is sent twice in one session", async () => {
  const { sent, injected, open } = phone({ fault: "duplicateInform" });
  const session = open();
  await session.post(INFORM);
  await session.post(null);
  assert.deepEqual(sent, [INFORM, INFORM, null]);
  assert.deepEqual(injected, ["duplicateInform"]);
});

test("a connection is dropped before the step, in each so many-th session alone", async () => {
  const { sent, injected, open } = phone({ fault: "drop", step: 2, everySessions: 2 });
  const good = open();
  await good.post(INFORM);
  await good.post(null);
  await good.close();
  const bad = open();
  await bad.post(INFORM);
  await assert.rejects(bad.post(null), { code: "ACS_UNREACHABLE" });
  assert.deepEqual(sent, [INFORM, null, "closed", INFORM, "closed"]);
  assert.deepEqual(injected, ["drop"]);
});

test("a message goes into the session of another phone that does so, and stays where there is none", async () => {
  const foreign = createForeignSessions();
  const [one, other] = [phone({ fault: "foreignSession" }, foreign), phone({ fault: "foreignSession" }, foreign)];
  const session = one.open();
  await session.post(INFORM);
  await session.post(ANSWER);
  assert.deepEqual([one.sent, one.injected], [[INFORM, ANSWER], []]);
  const theirs = other.open();
  await theirs.post(INFORM);
  await session.post(ANSWER);
  assert.deepEqual(other.sent, [INFORM, ANSWER]);
  await theirs.close();
  await session.post(null);
  assert.deepEqual(one.sent, [INFORM, ANSWER, null]);
});

/** Takes what comes, and answers the whole of it, or the end of the stream. */
async function rawServer(t: TestContext) {
  const seen: { text: string; pieces: number; ended: boolean }[] = [];
  const server = createServer((socket) => {
    const one = { text: "", pieces: 0, ended: false };
    seen.push(one);
    socket.setNoDelay(true).setEncoding("utf8");
    socket.on("data", (text: string) => {
      one.text += text;
      one.pieces++;
      const [head = "", body = ""] = one.text.split("\r\n\r\n");
      const [, length = "0"] = /Content-Length: (\d+)/.exec(head) ?? [];
      if (Buffer.byteLength(body) >= Number(length)) socket.end("HTTP/1.1 204 No Content\r\n\r\n");
    });
    socket.on("end", () => {
      one.ended = true;
      socket.end();
    });
    socket.on("error", () => {});
  });
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  t.after(() => server.close());
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/acs?a=b` };
}

for (const fault of ["halfClose", "slowBody", "dribble"] as const)
  test(`${fault}: an Inform leaves in pieces, and the session is over with it`, async (t) => {
    const { seen, url } = await rawServer(t);
    const { sent, injected, open } = phone({ fault, delayMs: 1 }, createForeignSessions(), url);
    await assert.rejects(open().post(INFORM), { code: "ACS_UNREACHABLE" });
    assert.deepEqual([sent, injected], [[], [fault]]);
    const [{ text, ended } = assert.fail()] = seen;
    assert.ok(text.startsWith("POST /acs?a=b HTTP/1.1\r\n"), text.slice(0, 80));
    const [, body = ""] = text.split("\r\n\r\n");
    if (fault === "halfClose") assert.equal(ended, true);
    assert.equal(
      fault === "halfClose" ? INFORM.startsWith(body) && body.length < INFORM.length : body === INFORM,
      true,
    );
  });

test("every misbehaviour has a name that fleet.yaml takes", () => {
  for (const fault of MISBEHAVIOURS) assert.equal(faultsOf({ fault }).fault, fault);
});
