/** The phone as a process of its own, and what nobody should send to it, on the wire. Run by .ci/real: sipp. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { runCli } from "../helpers/daemon-process.ts";
import { registrarUnderTest } from "../helpers/registrar.ts";
import { type Malformed, malformed } from "../helpers/sipp.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { TORTURE } from "../helpers/torture-messages.ts";
import { until } from "../helpers/transport.ts";

const run = promisify(execFile);

/** A registered phone, which must be there to the end: it is stopped, and takes itself off. */
async function registeredPhone(t: TestContext) {
  const registrar = await registrarUnderTest(t);
  const folder = await temporaryFolder(t);
  const account = {
    ...{ "GENERAL.Enable": "1", "GENERAL.UserName": "1001", "GENERAL.Pwd": "correct horse" },
    ...{ "SIP.Server": "127.0.0.1", "SIP.Port": String(registrar.port) },
  };
  const lines = Object.entries(account).map(([key, value]) => `Config.Account1.${key} = ${value}\n`);
  await writeFile(join(folder, "phone.cfg"), lines.join(""));
  const config = `
phone: { mac: "0c:11:05:00:00:06" }
backend: { type: simulated, file: phone.cfg, sip: real, sipPort: 0, calls: { answerSeconds: 0 } }
listen: { address: 127.0.0.1, port: 0 }
stateFolder: state
`;
  await writeFile(join(folder, "config.yaml"), config, { mode: 0o600 });
  const phone = runCli(t, ["run", "--config", join(folder, "config.yaml")]);
  const { bindings } = registrar.registrar;
  await until(() => bindings.of("1001").length > 0 || phone.child.exitCode !== null);
  const [binding] = bindings.of("1001");
  assert.ok(binding !== undefined, phone.log());
  const [, port = "", line = ""] = /:(\d+);line=([0-9a-f]+)$/.exec(binding.contact) ?? [];
  return {
    ...{ folder, port: Number(port), line },
    async isWell() {
      assert.equal(bindings.of("1001").length, 1);
      assert.equal(await phone.end("SIGTERM"), 0, phone.log());
      assert.deepEqual(bindings.of("1001"), []);
    },
  };
}

/** A socket whose port is that of SIP, where answers go to which no rport says otherwise. */
async function caller(t: TestContext, address: string) {
  const socket = createSocket("udp4");
  socket.bind(5060, address);
  await once(socket, "listening");
  t.after(() => void socket.close());
  const heard: string[] = [];
  socket.on("message", (bytes: Buffer) => void heard.push(bytes.toString("utf8")));
  return { socket, heard };
}

test("every torture message in the manner of RFC 4475 gets its answer on the wire, and the phone goes on", async (t) => {
  const phone = await registeredPhone(t);
  const { socket, heard } = await caller(t, "127.0.0.9");
  const send = (text: string): void => socket.send(text.replaceAll("LINE", phone.line), phone.port, "127.0.0.1");
  for (const [index, { name, text: common, status }] of TORTURE.entries()) {
    // What is sent again gets the same answer again.
    const text = common.replaceAll(/(?<=branch=z9hG4bKtorture|^Call-ID: torture)$/gm, String(index));
    heard.length = 0;
    send(text);
    // What is sent after it is answered after it.
    const probe = [
      `OPTIONS sip:1001@127.0.0.1;line=LINE SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.9;branch=z9hG4bKprobe${index}`,
      ...["From: <sip:probe@127.0.0.9>;tag=1", "To: <sip:1001@127.0.0.1>"],
      ...[`Call-ID: probe${index}`, "CSeq: 1 OPTIONS", "Content-Length: 0", "", ""],
    ];
    send(probe.join("\r\n"));
    const isProbe = (answer: string): boolean => answer.includes(`Call-ID: probe${index}\r\n`);
    await until(() => heard.some(isProbe));
    // Refused INVITEs before this one are still repeated.
    const callId = /^(?:Call-ID|i)\s*: *(\S+)/im.exec(text)?.[1] ?? "";
    const answer = heard.slice(0, heard.findIndex(isProbe)).find((one) => one.includes(`Call-ID: ${callId}\r\n`));
    assert.equal(answer === undefined ? null : Number(answer.slice(8, 11)), status, `${name}: ${answer}`);
  }
  await phone.isWell();
});

const MALFORMED: readonly Malformed[] = [
  { what: "a word for a number", method: "OPTIONS", status: 400, wrong: [["Max-Forwards: 70", "Max-Forwards: many"]] },
  { what: "a negative length", method: "OPTIONS", status: 400, wrong: [["Content-Length: 0", "Content-Length: -1"]] },
  { what: "a body that is missing", method: "OPTIONS", status: 400, wrong: [["Length: 0", "Length: 700"]] },
  { what: "another version", method: "OPTIONS", status: 505, wrong: [["SIP/2.0", "SIP/3.0"]] },
  { what: "a telephone number for a URI", method: "OPTIONS", status: 416, wrong: [["sip:[service]@", "tel:+1-201-"]] },
  {
    what: "a From that is no address",
    method: "INVITE",
    status: 400,
    wrong: [["<sip:caller@[local_ip]>;", "caller;"]],
  },
  { what: "a line that is no header", method: "INVITE", status: 400, wrong: [["Contact:", "Contact?"]] },
  { what: "To twice", method: "INVITE", status: 400, wrong: [["Call-ID:", "To: <sip:x@y>\nCall-ID:"]] },
  { what: "an unknown extension", method: "INVITE", status: 420, wrong: [["Call-ID:", "Require: 100rel\nCall-ID:"]] },
  { what: "a body of another type", method: "INVITE", status: 415, wrong: [["application/sdp", "text/html"]] },
  { what: "no audio in the offer", method: "INVITE", status: 488, wrong: [["m=audio", "m=video"]] },
  { what: "an unknown method", method: "EXPLODE", status: 405, wrong: [] },
  { what: "a call that is not there", method: "BYE", status: 481, wrong: [["[service]@[remote_ip]>", "a@b>;tag=x"]] },
  { what: "nothing wrong", method: "OPTIONS", status: 200, wrong: [] },
];

test("sipp hears for each malformed request what is wrong with it, and a good one is answered after them", async (t) => {
  const phone = await registeredPhone(t);
  await writeFile(join(phone.folder, "malformed.xml"), malformed(MALFORMED));
  const args = ["-sf", "malformed.xml", "-i", "127.0.0.1", "-s", "1001", "-key", "line", phone.line];
  const limits = ["-nostdin", "-m", "3", "-l", "1", "-timeout", "120", "-timeout_error"];
  await run("sipp", [`127.0.0.1:${phone.port}`, ...args, ...limits], { cwd: phone.folder });
  await phone.isWell();
});
