import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createTestCa, type TestCa } from "../helpers/certificates.ts";
import { freePort } from "../helpers/free-port.ts";
import { optionsStatus, startKamailio } from "../helpers/kamailio.ts";
import { type SipPhone, startSipPhone } from "../helpers/sip-phone.ts";
import { until } from "../helpers/transport.ts";

const USERS = { "1001": "correct horse" };
const UDP = { users: USERS, minExpires: 2 };

let ca: TestCa;
before(async () => {
  ca = await createTestCa();
});

/** Turns account 1 on. */
function register(phone: SipPhone, port: number, more: Readonly<Record<string, string>> = {}): Promise<void> {
  return phone.set({
    ...{ "GENERAL.UserName": "1001", "GENERAL.AuthName": "1001", "GENERAL.Pwd": "correct horse" },
    ...{ "SIP.Server": "127.0.0.1", "SIP.Port": String(port), "GENERAL.Enable": "1" },
    ...more,
  });
}

const registers = (log: string): number => log.split("REGISTER 1001 expires=").length - 1;

for (const algorithm of ["MD5", "SHA-256"] as const) {
  test(`kamailio takes the phone with ${algorithm}, reaches it, and lets it go`, async (t) => {
    const kamailio = await startKamailio(t, { ...UDP, algorithm });
    const phone = await startSipPhone(t);
    assert.equal(await optionsStatus(kamailio.port, "1001"), 404);
    await register(phone, kamailio.port);
    await phone.becomes(/^Up$/);
    assert.equal(await optionsStatus(kamailio.port, "1001"), 200);
    await phone.set({ "GENERAL.Enable": "0" });
    await phone.becomes(/^Disabled$/);
    assert.equal(await optionsStatus(kamailio.port, "1001"), 404);
  });
}

test("a registration is refreshed before it ends, with one request each, and ended when the program stops", async (t) => {
  const kamailio = await startKamailio(t, { ...UDP, maxExpires: 3 });
  const phone = await startSipPhone(t);
  await register(phone, kamailio.port);
  await until(() => registers(kamailio.log()) >= 3);
  assert.equal(await phone.line(), "Up");
  assert.equal(await optionsStatus(kamailio.port, "1001"), 200);
  await phone.stop();
  assert.equal(await optionsStatus(kamailio.port, "1001"), 404);
  assert.match(kamailio.log(), /REGISTER 1001 expires=0/);
});

test("a wrong password and an unknown user are errors in kamailio's own words", async (t) => {
  const kamailio = await startKamailio(t, UDP);
  const phone = await startSipPhone(t);
  await register(phone, kamailio.port, { "GENERAL.Pwd": "hunter2" });
  await phone.becomes(/^Error: 127\.0\.0\.1:\d+: 401 Unauthorized: it does not accept the user name and password$/);
  await phone.set({ "GENERAL.Pwd": "correct horse" });
  await phone.becomes(/^Up$/);
  await phone.set({ "GENERAL.UserName": "1009", "GENERAL.AuthName": "1009" });
  await phone.becomes(/^Error: 127\.0\.0\.1:\d+: 403 No such user$/);
  assert.ok(!phone.log.text().includes("hunter2") && !phone.log.text().includes("correct horse"));
});

test("423 makes the phone ask for the time that kamailio wants", async (t) => {
  const kamailio = await startKamailio(t, { ...UDP, minExpires: 600 });
  const phone = await startSipPhone(t);
  await register(phone, kamailio.port, { "REG.Timeout": "60" });
  await phone.becomes(/^Up$/);
  assert.match(kamailio.log(), /REGISTER 1001 expires=600 /);
});

test("over TCP the phone is reached through its own connection, and registers anew after a restart of kamailio", async (t) => {
  const kamailio = await startKamailio(t, UDP);
  const phone = await startSipPhone(t);
  await register(phone, kamailio.port, { "SIP.TransType": "1" });
  await phone.becomes(/^Up$/);
  assert.match(kamailio.log(), /via=tcp/);
  assert.equal(await optionsStatus(kamailio.port, "1001"), 200);
  const before = registers(kamailio.log());
  await kamailio.kill();
  await kamailio.start();
  await until(() => registers(kamailio.log()) > before);
  await phone.becomes(/^Up$/);
  assert.equal(await optionsStatus(kamailio.port, "1001"), 200);
});

test("over TLS kamailio's certificate is verified", async (t) => {
  const tls = await ca.issue(["127.0.0.1"]);
  const kamailio = await startKamailio(t, { ...UDP, tls });
  const folder = await mkdtemp(join(tmpdir(), "akuvox-cpe-ca-"));
  await writeFile(join(folder, "ca.pem"), ca.ca);
  const trusting = await startSipPhone(t, { more: `tls: { ca: "${folder}/ca.pem" }\n` });
  await register(trusting, kamailio.tlsPort, { "SIP.TransType": "2" });
  await trusting.becomes(/^Up$/);
  assert.match(kamailio.log(), /via=tls/);
  assert.equal(await optionsStatus(kamailio.port, "1001"), 200);
  await trusting.stop();
  const other = await startSipPhone(t);
  await register(other, kamailio.tlsPort, { "SIP.TransType": "2" });
  await other.becomes(/^Error: 127\.0\.0\.1:\d+: .*certificate/);
});

test("where the first server is not there the second takes the phone", async (t) => {
  const kamailio = await startKamailio(t, UDP);
  const phone = await startSipPhone(t);
  await register(phone, await freePort(), {
    ...{ "SIP.TransType": "1", "SIP.Server2": "127.0.0.1", "SIP.Port2": String(kamailio.port) },
  });
  await phone.becomes(/^Up$/);
  assert.equal(await optionsStatus(kamailio.port, "1001"), 200);
});

test("over UDP the phone is back within a refresh when kamailio has restarted and forgotten everybody", async (t) => {
  const kamailio = await startKamailio(t, { ...UDP, maxExpires: 3 });
  const phone = await startSipPhone(t);
  await register(phone, kamailio.port);
  await phone.becomes(/^Up$/);
  await kamailio.kill();
  await kamailio.start();
  const before = registers(kamailio.log());
  await until(() => registers(kamailio.log()) > before);
  while ((await optionsStatus(kamailio.port, "1001")) !== 200) await sleep(20);
  assert.match(await phone.line(), /^(?:Up|Registering)$/);
});
