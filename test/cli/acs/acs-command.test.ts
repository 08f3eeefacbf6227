import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { createScriptedCpe, informEnvelope } from "../../helpers/scripted-cpe.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { PROGRAM } from "../../helpers/typescript.ts";

function acsCommand(t: TestContext, ...args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [...PROGRAM, "acs", "--port", "0", ...args], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  const output = child.stdout;
  assert.ok(output !== null);
  const lines = createInterface({ input: output })[Symbol.asyncIterator]();
  return { child, nextLine: async (): Promise<string> => String((await lines.next()).value) };
}

test("acs serves a phone over TLS, prints what happens, keeps masked envelopes and ends cleanly on SIGTERM", async (t) => {
  const folder = await temporaryFolder(t);
  const { child, nextLine } = acsCommand(t, "--tls-folder", join(folder, "tls"), "--trace", join(folder, "trace"));
  const url = /https:\S+/.exec(await nextLine())?.[0] ?? "";
  const caFile = /trust (\S+)/.exec(await nextLine())?.[1] ?? "";
  const phone = createScriptedCpe({ url, ca: await readFile(caFile, "utf8") });
  t.after(() => phone.close());
  const parameters = [{ name: "Device.ManagementServer.ConnectionRequestPassword", value: "hush", type: "string" }];
  await phone.post(informEnvelope({ events: ["1 BOOT"], parameters }));
  assert.match(await nextLine(), /session 1 {2}0C1105-SP-R53P-0C1105000001 \(new\) {2}1 BOOT$/);
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
  const files = await readdir(join(folder, "trace"));
  assert.deepEqual(files.sort(), ["0001-cpe-Inform.xml", "0002-acs-InformResponse.xml", "trace.jsonl"]);
  const inform = await readFile(join(folder, "trace", "0001-cpe-Inform.xml"), "utf8");
  assert.ok(inform.includes("ConnectionRequestPassword") && !inform.includes("hush"));
});

test("acs with a control channel ends with it", async (t) => {
  const { child, nextLine } = acsCommand(t, "--control", "stdio");
  assert.match(await nextLine(), /^{"event":{"kind":"listening","url":"http:\/\/127\.0\.0\.1:\d+\/","ca":null}}$/);
  child.stdin?.end('{"id":1,"do":"devices"}\n');
  assert.equal(await nextLine(), '{"id":1,"result":[]}');
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("acs names every mistake of a script and exits with 2", async (t) => {
  const script = join(await temporaryFolder(t), "script.yaml");
  await writeFile(script, "sessions:\n  - rpcs: [Jump, Dance]\n");
  const { child } = acsCommand(t, "--script", script);
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  assert.deepEqual(await once(child, "close"), [2, null]);
  assert.deepEqual(errors.match(/script\.yaml:2:\d+: /g)?.length, 2);
});
