import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "node:tls";
import { loadConfig } from "../../src/config/load-config.ts";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { openWebInterface } from "../../src/daemon/web-interface.ts";
import { createTestCa } from "../helpers/certificates.ts";
import { startPhoneWithPages } from "../helpers/phone-with-pages.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { basic, createWebUnderTest, LOGIN, type WebUnderTest } from "../helpers/web-under-test.ts";

const headers = { authorization: basic(LOGIN.username, LOGIN.password) };

function openInterface(web: WebUnderTest, env: Readonly<Record<string, string>>) {
  const { agent, parts } = web;
  return openWebInterface({ ...parts, agent, config: loadConfig(null, env) });
}

const ENV = {
  AKUVOX_CPE_WEB_ENABLE: "true",
  AKUVOX_CPE_WEB_PORT: "0",
  AKUVOX_CPE_WEB_USERNAME: LOGIN.username,
  AKUVOX_CPE_WEB_PASSWORD: LOGIN.password,
};

test("the daemon serves the pages of its phone where the settings say so, and no longer when it has stopped", async (t) => {
  const phone = await startPhoneWithPages({ folder: await temporaryFolder(t) });
  try {
    assert.equal((await fetch(phone.url)).status, 401);
    for (const path of ["", "status", "sessions", "parameters", "settings/tr069"]) {
      assert.equal((await fetch(phone.url + path, { headers })).status, 200, path);
    }
  } finally {
    await phone.close();
  }
  await assert.rejects(fetch(phone.url, { headers }));
});

test("without the setting nothing is served", async () => {
  const web = await createWebUnderTest();
  assert.equal(await openInterface(web, {}), null);
});

test("certificate and key make it https", async (t) => {
  const folder = await temporaryFolder(t);
  const { cert, key } = await (await createTestCa()).issue(["127.0.0.1"]);
  const files = [join(folder, "cert.pem"), join(folder, "key.pem")] as const;
  await Promise.all([writeFile(files[0], cert), writeFile(files[1], key)]);
  const web = await createWebUnderTest();
  const env = { ...ENV, AKUVOX_CPE_WEB_CERTIFICATE: files[0], AKUVOX_CPE_WEB_KEY: files[1] };
  const face = await openInterface(web, env);
  t.after(() => face?.close());
  assert.match(web.log.text(), /https:\/\/127\.0\.0\.1:\d+\//);
  assert.doesNotMatch(web.log.text(), /sesame/);
});

test("a certificate that the pages make stays the same over restarts, and its fingerprint is in the log", async (t) => {
  const folder = await temporaryFolder(t);
  const env = { ...ENV, AKUVOX_CPE_WEB_SELF_SIGNED: "true", AKUVOX_CPE_STATE_FOLDER: folder };
  const fingerprints: string[] = [];
  for (const start of [1, 2]) {
    const web = await createWebUnderTest();
    const face = await openInterface(web, env);
    const [, url = ""] = /(https:\/\/127\.0\.0\.1:\d+\/)/.exec(web.log.text()) ?? [];
    const { port } = new URL(url);
    const socket = connect({ host: "127.0.0.1", port: Number(port), rejectUnauthorized: false });
    await once(socket, "secureConnect");
    fingerprints.push(socket.getPeerCertificate().fingerprint256);
    socket.destroy();
    assert.ok(web.log.text().includes(fingerprints.at(-1) ?? "none"), `start ${start}`);
    assert.doesNotMatch(web.log.text(), /PRIVATE KEY/);
    await face?.close();
  }
  assert.equal(fingerprints[0], fingerprints[1]);
  const file = join(folder, "web-certificate.pem");
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const certificate = new X509Certificate(await readFile(file, "utf8"));
  assert.ok(certificate.checkIP("127.0.0.1") && certificate.checkHost("localhost"));
  assert.match(certificate.validTo, / 9999 GMT$/);
  await writeFile(file, "nonsense");
  const broken = openInterface(await createWebUnderTest(), env);
  await assert.rejects(
    broken,
    (error) => isAgentError(error, "CONFIG") && /web-certificate\.pem.*Remove it/.test(error.message),
  );
});

test("a certificate that has gone since the settings were checked is a clear error", async (t) => {
  const folder = await temporaryFolder(t);
  const { cert, key } = await (await createTestCa()).issue(["127.0.0.1"]);
  const file = join(folder, "both.pem");
  await writeFile(file, cert + key);
  const web = await createWebUnderTest();
  const config = loadConfig(null, { ...ENV, AKUVOX_CPE_WEB_CERTIFICATE: file, AKUVOX_CPE_WEB_KEY: file });
  await writeFile(file, "gone");
  await assert.rejects(openWebInterface({ ...web.parts, agent: web.agent, config }), (error) =>
    isAgentError(error, "CONFIG"),
  );
});
