import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { loadConfig } from "../../src/config/load-config.ts";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { openWebFace } from "../../src/daemon/web-face.ts";
import { createTestCa } from "../helpers/certificates.ts";
import { startPhoneWithPages } from "../helpers/phone-with-pages.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { basic, createWebUnderTest, LOGIN, type WebUnderTest } from "../helpers/web-under-test.ts";

const headers = { authorization: basic(LOGIN.username, LOGIN.password) };

function openFace(web: WebUnderTest, env: Readonly<Record<string, string>>) {
  const { agent, parts } = web;
  return openWebFace({ ...parts, agent, config: loadConfig(null, env) });
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
  assert.equal(await openFace(web, {}), null);
});

test("certificate and key make it https", async (t) => {
  const folder = await temporaryFolder(t);
  const { cert, key } = await (await createTestCa()).issue(["127.0.0.1"]);
  const files = [join(folder, "cert.pem"), join(folder, "key.pem")] as const;
  await Promise.all([writeFile(files[0], cert), writeFile(files[1], key)]);
  const web = await createWebUnderTest();
  const env = { ...ENV, AKUVOX_CPE_WEB_CERTIFICATE: files[0], AKUVOX_CPE_WEB_KEY: files[1] };
  const face = await openFace(web, env);
  t.after(() => face?.close());
  assert.match(web.log.text(), /https:\/\/127\.0\.0\.1:\d+\//);
  assert.doesNotMatch(web.log.text(), /sesame/);
});

test("a certificate that has gone since the settings were checked is a clear error", async (t) => {
  const folder = await temporaryFolder(t);
  const { cert, key } = await (await createTestCa()).issue(["127.0.0.1"]);
  const file = join(folder, "both.pem");
  await writeFile(file, cert + key);
  const web = await createWebUnderTest();
  const config = loadConfig(null, { ...ENV, AKUVOX_CPE_WEB_CERTIFICATE: file, AKUVOX_CPE_WEB_KEY: file });
  await writeFile(file, "gone");
  await assert.rejects(openWebFace({ ...web.parts, agent: web.agent, config }), (error) =>
    isAgentError(error, "CONFIG"),
  );
});
