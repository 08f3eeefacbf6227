import assert from "node:assert/strict";
import { test } from "node:test";
import { ANY_DEVICE } from "../../src/acs/acs.ts";
import { responseOf } from "../../src/acs/calls.ts";
import { CwmpFault } from "../../src/cwmp/errors.ts";
import { encodeFault, encodeRequest } from "../../src/soap/encode.ts";
import { startAcs } from "../helpers/acs-under-test.ts";
import { answerTo, informEnvelope, TEST_DEVICE_ID } from "../helpers/scripted-cpe.ts";

const GET_ALL = { name: "GetParameterValues", args: { parameterNames: ["Device."] } } as const;
const INTERVAL = "Device.ManagementServer.PeriodicInformInterval";

test("an Inform is answered with its own cwmp:ID in its own namespace, and an empty POST with 204", async (t) => {
  const { acs, cpe } = await startAcs(t);
  const phone = cpe();
  const welcome = await phone.post(informEnvelope({ id: "strange & <id>", version: "1.2" }));
  assert.equal(welcome.status, 200);
  const { id, version, body } = welcome.envelope();
  assert.deepEqual([id, version, body.kind === "response" && body.name], ["strange & <id>", "1.2", "Inform"]);
  const end = await phone.post(null);
  assert.deepEqual([end.status, end.body], [204, ""]);
  const session = await acs.waitForSession(() => true);
  assert.deepEqual([session.number, session.device, session.error], [1, TEST_DEVICE_ID, null]);
});

test("calls go out one by one, their answers are matched, and values get the types that the CPE reported", async (t) => {
  const { acs, cpe } = await startAcs(t);
  const got = acs.enqueue(ANY_DEVICE, GET_ALL);
  const parameterList = [{ name: INTERVAL, value: "300", type: null }];
  const set = acs.enqueue(ANY_DEVICE, { name: "SetParameterValues", args: { parameterKey: "k", parameterList } });
  const phone = cpe();
  await phone.post(informEnvelope());
  const asked = await phone.post(null);
  const values = [{ name: INTERVAL, value: "1800", type: "int" }];
  const askedToSet = await phone.post(answerTo(asked, "GetParameterValues", { parameterList: values }));
  assert.match(askedToSet.body, /<Value xsi:type="xsd:int">300<\/Value>/);
  assert.notEqual(askedToSet.envelope().id, asked.envelope().id);
  const end = await phone.post(answerTo(askedToSet, "SetParameterValues", { status: 0 }));
  assert.equal(end.status, 204);
  assert.deepEqual(responseOf(await got, "GetParameterValues")?.parameterList, values);
  assert.deepEqual(responseOf(await set, "SetParameterValues"), { status: 0 });
  const session = await acs.waitForSession(() => true);
  assert.deepEqual(
    session.exchanges.map(({ call, outcome }) => [call.name, outcome.kind]),
    [
      ["GetParameterValues", "response"],
      ["SetParameterValues", "response"],
    ],
  );
});

test("a fault is an outcome, with the fault of each parameter, and the session goes on", async (t) => {
  const { acs, cpe } = await startAcs(t);
  const outcome = acs.enqueue(ANY_DEVICE, {
    name: "SetParameterValues",
    args: { parameterKey: "", parameterList: [] },
  });
  const phone = cpe();
  await phone.post(informEnvelope());
  const { id, version } = (await phone.post(null)).envelope();
  const parameterFaults = [{ parameterName: INTERVAL, faultCode: 9007, faultString: "not 1 or more" } as const];
  const end = await phone.post(encodeFault(new CwmpFault(9003, undefined, { parameterFaults }), { id, version }));
  assert.equal(end.status, 204);
  const expected = { kind: "fault", faultCode: 9003, faultString: "Invalid arguments", parameterFaults };
  assert.deepEqual(await outcome, expected);
});

test("a CPE that keeps no cookies is known by its connection", async (t) => {
  const { acs, cpe } = await startAcs(t);
  const phone = cpe({ cookies: false });
  await phone.post(informEnvelope());
  assert.equal((await phone.post(null)).status, 204);
  assert.equal((await acs.waitForSession(() => true)).error, null);
});

test("a session goes on over a new connection by its cookie, and without one it does not", async (t) => {
  const { cpe } = await startAcs(t);
  const phone = cpe();
  await phone.post(informEnvelope());
  phone.close();
  assert.equal((await phone.post(null)).status, 204);
  assert.equal((await cpe().post(null)).status, 400);
});

test("GetRPCMethods of the CPE is served, any other RPC is refused with fault 8000 and the session goes on", async (t) => {
  const { cpe, events } = await startAcs(t);
  const phone = cpe();
  await phone.post(informEnvelope());
  const listed = (await phone.post(encodeRequest("GetRPCMethods", {}, { id: "7", version: "1.0" }))).envelope();
  assert.deepEqual([listed.id, listed.body.kind === "response" && listed.body.name], ["7", "GetRPCMethods"]);
  const refused = (await phone.post(encodeRequest("FactoryReset", {}, { id: "8", version: "1.0" }))).envelope();
  assert.deepEqual([refused.id, refused.body.kind === "fault" && refused.body.faultCode], ["8", 8000]);
  assert.equal((await phone.post(null)).status, 204);
  assert.deepEqual(
    events.flatMap((event) => (event.kind === "cpe-request" ? [[event.name, event.faultCode]] : [])),
    [
      ["GetRPCMethods", null],
      ["FactoryReset", 8000],
    ],
  );
});

test("an answer with another cwmp:ID ends the session and the call is lost", async (t) => {
  const { acs, cpe } = await startAcs(t);
  const outcome = acs.enqueue(ANY_DEVICE, GET_ALL);
  const phone = cpe();
  await phone.post(informEnvelope());
  const asked = await phone.post(null);
  const wrong = answerTo(asked, "GetParameterValues", { parameterList: [] }).replace(/<cwmp:ID[^<]*/, "<cwmp:ID>other");
  assert.equal((await phone.post(wrong)).status, 400);
  assert.equal((await outcome).kind, "lost");
  assert.match((await acs.waitForSession(() => true)).error ?? "", /cwmp:ID/);
});

test("an empty POST, a call or another response in place of the answer ends the session", async (t) => {
  const { acs, cpe } = await startAcs(t);
  const answers = [null, encodeRequest("GetRPCMethods", {}, { id: "1", version: "1.0" })];
  for (const answer of answers) {
    const outcome = acs.enqueue(ANY_DEVICE, GET_ALL);
    const phone = cpe();
    await phone.post(informEnvelope());
    await phone.post(null);
    assert.equal((await phone.post(answer)).status, 400);
    assert.equal((await outcome).kind, "lost");
  }
});

test("text that is no envelope is refused with its reason, and ends the session that it came in", async (t) => {
  const { acs, cpe } = await startAcs(t);
  const phone = cpe();
  await phone.post(informEnvelope());
  const refused = await phone.post("<not-xml");
  assert.equal(refused.status, 400);
  assert.notEqual((await acs.waitForSession(() => true)).error, null);
  assert.equal((await phone.post(null)).status, 400);
});

test("after a call that announces more the session is kept open until more has come", async (t) => {
  const { acs, cpe, events } = await startAcs(t);
  void acs.enqueue(ANY_DEVICE, GET_ALL, { more: true });
  const phone = cpe();
  await phone.post(informEnvelope());
  const first = await phone.post(null);
  const answered = new Promise<void>((resolve) => acs.onEvent(({ kind }) => kind === "rpc-answered" && resolve()));
  const second = phone.post(answerTo(first, "GetParameterValues", { parameterList: [] }));
  await answered;
  assert.ok(!events.some(({ kind }) => kind === "session-ended"));
  void acs.enqueue(TEST_DEVICE_ID, { name: "Reboot", args: { commandKey: "r" } });
  const { body } = (await second).envelope();
  assert.equal(body.kind === "request" && body.name, "Reboot");
});

test("when announced calls do not come, the session ends after 20 s", async (t) => {
  const { acs, cpe, time } = await startAcs(t);
  void acs.enqueue(ANY_DEVICE, GET_ALL, { more: true });
  const phone = cpe();
  await phone.post(informEnvelope());
  const asked = await phone.post(null);
  const end = await time.runUntil(phone.post(answerTo(asked, "GetParameterValues", { parameterList: [] })));
  assert.equal(end.status, 204);
  assert.equal(time.clock.monotonic(), 20_000);
});

test("C-072 the empty answer after HoldRequests ends the hold and not the session", async (t) => {
  const { acs, cpe } = await startAcs(t);
  void acs.enqueue(ANY_DEVICE, { ...GET_ALL, holdRequests: true });
  const phone = cpe();
  await phone.post(informEnvelope());
  const asked = await phone.post(null);
  assert.equal(asked.envelope().holdRequests, true);
  assert.equal((await phone.post(answerTo(asked, "GetParameterValues", { parameterList: [] }))).status, 204);
  const listed = await phone.post(encodeRequest("GetRPCMethods", {}, { id: "1", version: "1.0" }));
  assert.equal(listed.status, 200);
  assert.equal((await phone.post(null)).status, 204);
  assert.equal((await acs.waitForSession(() => true)).error, null);
});

test("a CPE that falls silent loses its session, and one that begins another ends the first", async (t) => {
  const { acs, cpe, time } = await startAcs(t);
  await cpe().post(informEnvelope());
  await time.advance(60_000);
  assert.match((await acs.waitForSession(({ number }) => number === 1)).error ?? "", /sent nothing/);
  await cpe().post(informEnvelope());
  await cpe().post(informEnvelope());
  assert.match((await acs.waitForSession(({ number }) => number === 2)).error ?? "", /another session/);
});

test("closing the ACS settles what is outstanding and ends the list of sessions", async (t) => {
  const { acs, cpe } = await startAcs(t);
  const outcome = acs.enqueue(ANY_DEVICE, GET_ALL);
  const phone = cpe();
  await phone.post(informEnvelope());
  await phone.post(null);
  const queued = acs.enqueue(TEST_DEVICE_ID, GET_ALL);
  const waiting = assert.rejects(
    acs.waitForSession(({ number }) => number === 2),
    { code: "CLOSED" },
  );
  await acs.close();
  await waiting;
  assert.deepEqual([(await outcome).kind, (await queued).kind], ["lost", "lost"]);
  const seen: number[] = [];
  for await (const { number } of acs.sessions) seen.push(number);
  assert.deepEqual(seen, [1]);
});
