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

const run = promisify(execFile);
const PASSWORD = "correct horse";

/** A request of sipp with the usual headers. */
const request = (method: string, to: string, cseq: string, more = ""): string => `<![CDATA[
${method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:caller@[local_ip]>;tag=[call_number]
To: <sip:[service]@[remote_ip]>${to}
Call-ID: [call_id]
CSeq: ${cseq}
Contact: <sip:caller@[local_ip]:[local_port]>
${more}]]>`;

const SDP = `Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0 8
`;

const NONE = "Content-Length: 0\n\n";
const scenario = (steps: string): string =>
  `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="test">\n${steps}\n</scenario>\n`;

/** INVITE that is refused with that status. */
const refused = (status: number): string =>
  scenario(`<send retrans="500">${request("INVITE", "", "1 INVITE", SDP)}</send>
<recv response="100" optional="true"></recv><recv response="180" optional="true"></recv>
<recv response="${status}"></recv>
<send>${request("ACK", "[peer_tag_param]", "1 ACK", NONE)}</send>`);

/** INVITE that is answered, and ended after a moment; within the call requests take the route that kamailio wants. */
const within = (method: string, cseq: string): string =>
  request(method, "[peer_tag_param]", cseq, `[routes]\n${NONE}`).replace(
    "sip:[service]@[remote_ip]:[remote_port]",
    "[next_url]",
  );
const ANSWERED = scenario(`<send retrans="500">${request("INVITE", "", "1 INVITE", SDP)}</send>
<recv response="100" optional="true"></recv><recv response="180" optional="true"></recv>
<recv response="200" rrs="true"></recv>
<send>${within("ACK", "1 ACK")}</send>
<pause milliseconds="10"/>
<send retrans="500">${within("BYE", "2 BYE")}</send>
<recv response="200"></recv>`);

/** INVITE that rings, and is given up. */
const CANCELLED = scenario(`<send retrans="500">${request("INVITE", "", "1 INVITE", SDP)}</send>
<recv response="100" optional="true"></recv>
<recv response="180"></recv>
<send retrans="500">${request("CANCEL", "", "1 CANCEL", NONE).replace("[branch]", "[branch-3]")}</send>
<recv response="200"></recv>
<recv response="487"></recv>
<send>${request("ACK", "[peer_tag_param]", "1 ACK", NONE).replace("[branch]", "[branch-6]")}</send>`);

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
