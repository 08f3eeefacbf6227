import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { loadConfig } from "../../src/config/load-config.ts";
import { FindingsError } from "../../src/cwmp/findings.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const WEB = { AKUVOX_CPE_WEB_ENABLE: "true", AKUVOX_CPE_WEB_USERNAME: "admin", AKUVOX_CPE_WEB_PASSWORD: "open-sesame" };

function problems(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    loadConfig(null, env);
    return [];
  } catch (error) {
    if (!(error instanceof FindingsError)) throw error;
    assert.doesNotMatch(error.message, /sesame/);
    return error.findings.map(({ message }) => message);
  }
}

test("the web page is off by default, and then asks for nothing", () => {
  const { web } = loadConfig(null, {});
  assert.equal(web.enable, false);
  assert.equal(web.address, "127.0.0.1");
  assert.deepEqual([web.username, web.password], ["", ""]);
  assert.deepEqual(problems({ AKUVOX_CPE_WEB_ADDRESS: "0.0.0.0" }), []);
});

test("a served web page needs a user name and a password of the person's own", () => {
  assert.deepEqual(problems({ AKUVOX_CPE_WEB_ENABLE: "true" }), [
    "AKUVOX_CPE_WEB_ENABLE: the web page needs web.username: there is no default",
    "AKUVOX_CPE_WEB_ENABLE: the web page needs web.password: there is no default",
  ]);
  assert.match(problems({ ...WEB, AKUVOX_CPE_WEB_PASSWORD: "" }).join(), /web\.password/);
  assert.deepEqual(problems(WEB), []);
});

test("the password of the web page may come from a file, but not an empty one", async (t) => {
  const file = join(await temporaryFolder(t), "password");
  const env = { AKUVOX_CPE_WEB_ENABLE: "true", AKUVOX_CPE_WEB_USERNAME: "admin", AKUVOX_CPE_WEB_PASSWORD_FILE: file };
  await writeFile(file, "open-sesame\n");
  assert.equal(loadConfig(null, env).web.password, "open-sesame");
  await writeFile(file, "\n");
  assert.match(problems(env).join(), /web\.password/);
});

for (const address of ["127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1"]) {
  test(`the web page needs no certificate on ${address}`, () => {
    assert.deepEqual(problems({ ...WEB, AKUVOX_CPE_WEB_ADDRESS: address }), []);
  });
}

for (const address of ["0.0.0.0", "192.0.2.1", "::", "2001:db8::1", "128.0.0.1"]) {
  test(`the web page needs a certificate on ${address}`, () => {
    assert.match(problems({ ...WEB, AKUVOX_CPE_WEB_ADDRESS: address }).join(), /not encrypted/);
  });
}

test("beyond this machine the pages may make a certificate for themselves, and then name no other", () => {
  const open = { ...WEB, AKUVOX_CPE_WEB_ADDRESS: "0.0.0.0" };
  assert.match(problems(open).join(), /web\.selfSigned/);
  assert.deepEqual(problems({ ...open, AKUVOX_CPE_WEB_SELF_SIGNED: "true" }), []);
  const both = { ...open, AKUVOX_CPE_WEB_SELF_SIGNED: "true", AKUVOX_CPE_WEB_CERTIFICATE: "/nowhere.pem" };
  assert.match(problems(both).join("; "), /leave one of them out/);
});
