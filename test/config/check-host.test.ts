import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { checkHost } from "../../src/config/host-checks.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { FindingsError, formatFinding } from "../../src/cwmp/findings.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** The findings of `check-config`, without the name of the file. */
async function findings(t: TestContext, text: string): Promise<readonly string[]> {
  const folder = await temporaryFolder(t);
  const file = join(folder, "config.yaml");
  writeFileSync(file, text);
  writeFileSync(join(folder, "there.cfg"), "");
  const texts = (found: readonly Parameters<typeof formatFinding>[0][]): readonly string[] =>
    found.map((finding) => formatFinding(finding).replace(`${file}:`, "").replace(folder, "FOLDER"));
  try {
    return texts(loadConfig(file, {}, [checkHost]).warnings);
  } catch (error) {
    assert.ok(error instanceof FindingsError);
    return texts(error.findings);
  }
}

test("an AutoP file that is not there is found, with its whole path", async (t) => {
  assert.deepEqual(await findings(t, "autop: { file: there.cfg }"), []);
  assert.deepEqual(await findings(t, "autop: { file: nowhere.cfg }"), [
    "1:16: autop.file cannot be used: there is no such file: FOLDER/nowhere.cfg [FILE_UNREADABLE]",
  ]);
});

test("a network interface that this host does not have is found, with the one that was meant", async (t) => {
  const [name = "lo"] = Object.keys(networkInterfaces());
  assert.deepEqual(await findings(t, `backend: { interface: ${name} }`), []);
  assert.deepEqual(await findings(t, `backend: { interface: ${name}x }`), [
    `1:23: this host has no network interface ${name}x: did you mean ${name}? [NO_SUCH_INTERFACE]`,
  ]);
  assert.match((await findings(t, "backend: { interface: ../eth0 }")).join(), /NO_SUCH_INTERFACE/);
});

test("a MAC address of no interface of this host is a warning where the phone is this host", async (t) => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.internal === false);
  const mac = "0c:11:05:00:00:01";
  const found = await findings(t, `phone: { mac: "${mac}" }\nbackend: { type: plug-in, module: ./there.cfg }`);
  if (outside === undefined) assert.deepEqual(found, []);
  else
    assert.match(
      found.join(),
      /^1:15: warning: phone\.mac is not the address of a network interface .* \[OTHER_MAC\]$/,
    );
  assert.deepEqual(await findings(t, `phone: { mac: "${mac}" }\nbackend: { type: simulated }`), []);
  if (outside === undefined) return;
  assert.deepEqual(await findings(t, `phone: { mac: "${outside.mac.toUpperCase()}" }`), []);
});

test("TR-069 on without an ACS is a warning: the phone's own file may name one", async (t) => {
  const warning =
    "tr069.acs.url names no ACS: unless the phone's own file or an AutoP file does, no session is opened [NO_ACS]";
  const expected = [`1:10: warning: TR-069 is on, but ${warning}`];
  assert.deepEqual(await findings(t, "tr069: { enable: true }"), expected);
  assert.deepEqual(await findings(t, `tr069: { enable: true, acs: { url: "" } }`), expected);
  assert.deepEqual(await findings(t, `tr069: { enable: true, acs: { url: "http://127.0.0.1/" } }`), []);
  assert.deepEqual(await findings(t, "tr069: { enable: false }"), []);
});
