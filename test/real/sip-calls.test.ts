import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { optionsStatus, startKamailio } from "../helpers/kamailio.ts";
import { startSipPhone } from "../helpers/sip-phone.ts";
import { ANSWERED, CANCELLED, refused } from "../helpers/sipp.ts";

const run = promisify(execFile);
const PASSWORD = "correct horse";

/** A phone that is registered at a kamailio, and sipp as its caller. */
async function calledPhone(t: Parameters<typeof startSipPhone>[0], calls: string) {
  const kamailio = await startKamailio(t, { users: { "1001": PASSWORD, "1002": PASSWORD }, minExpires: 2 });
  const phone = await startSipPhone(t, { backend: `, calls: { ${calls} }` });
  await phone.set({
    ...{ "GENERAL.UserName": "1001", "GENERAL.AuthName": "1001", "GENERAL.Pwd": PASSWORD },
    ...{ "SIP.Server": "127.0.0.1", "SIP.Port": String(kamailio.port), "GENERAL.Enable": "1" },
  });
  await phone.becomes(/^Up$/);
  const folder = await mkdtemp(join(tmpdir(), "akuvox-cpe-sipp-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  /** Rejects when a call goes otherwise than the scenario says. */
  async function sipp(what: readonly string[], count: number): Promise<void> {
    const common = ["-i", "127.0.0.1", "-s", "1001", "-nostdin", "-m", String(count), "-l", "1", "-timeout", "300"];
    await run("sipp", [`127.0.0.1:${kamailio.port}`, ...what, ...common], { cwd: folder });
  }
  async function scenarioFile(text: string): Promise<readonly string[]> {
    await writeFile(join(folder, "scenario.xml"), text);
    return ["-sf", "scenario.xml"];
  }
  return { kamailio, phone, sipp, scenarioFile };
}

test("sipp makes a hundred calls through kamailio, and each is answered and ended", async (t) => {
  const { phone, sipp, scenarioFile } = await calledPhone(t, "answer: true, answerSeconds: 0");
  await sipp(await scenarioFile(ANSWERED), 100);
  assert.equal(await phone.line(), "Up");
});

test("do not disturb is 486 to sipp, always forward is 302, and a call that rings can be given up", async (t) => {
  const { kamailio, phone, sipp, scenarioFile } = await calledPhone(t, "answer: false");
  await phone.set({ "Config.Features.DND.Enable": "1" });
  await sipp(await scenarioFile(refused(486)), 5);
  await phone.set({
    "Config.Features.DND.Enable": "0",
    "Config.Forward.ALWAYS.Target": "1002",
    "Config.Forward.ALWAYS.Enable": "1",
  });
  await sipp(await scenarioFile(refused(302)), 5);
  await phone.set({ "Config.Forward.ALWAYS.Enable": "0" });
  await sipp(await scenarioFile(CANCELLED), 5);
  assert.equal(await optionsStatus(kamailio.port, "1001"), 200);
});

test("two phones call each other through kamailio: one dials, the other rings and answers, and the first hangs up", async (t) => {
  const { kamailio, phone } = await calledPhone(t, "answer: true, answerSeconds: 0");
  const other = await startSipPhone(t);
  await other.set({
    ...{ "GENERAL.UserName": "1002", "GENERAL.AuthName": "1002", "GENERAL.Pwd": PASSWORD },
    ...{ "SIP.Server": "127.0.0.1", "SIP.Port": String(kamailio.port), "GENERAL.Enable": "1" },
  });
  await other.becomes(/^Up$/);
  const calls = async (one: typeof phone): Promise<string> => (await one.agent.local.status()).accounts[0]?.calls ?? "";
  await other.agent.local.call(1, "1001");
  while (!(await calls(other)).startsWith("InCall")) await sleep(20);
  assert.match(await calls(phone), /^InCall from sip:1002@/);
  await other.agent.local.hangUp();
  while ((await calls(phone)) !== "") await sleep(20);
  assert.equal(await calls(other), "");
});
