import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { startSipPhone } from "../helpers/sip-phone.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { PROGRAM } from "../helpers/typescript.ts";

function registrarCommand(t: TestContext, ...args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [...PROGRAM, "registrar", "--port", "0", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  const output = child.stdout;
  assert.ok(output !== null);
  const lines = createInterface({ input: output })[Symbol.asyncIterator]();
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  return {
    child,
    errors: () => errors,
    nextLine: async (): Promise<string> => String((await lines.next()).value),
  };
}

test("the registrar takes users from a file, tells who comes and who is refused, and ends cleanly on SIGTERM", async (t) => {
  const file = join(await temporaryFolder(t), "users.txt");
  await writeFile(file, "1001:correct horse\n\n1002:x\n", { mode: 0o600 });
  const { child, nextLine } = registrarCommand(t, "--user-file", file, "--refuse", "1002=403");
  const port = /^SIP registrar at 127\.0\.0\.1, UDP and TCP port (\d+)$/.exec(await nextLine())?.[1];
  assert.ok(port !== undefined);
  const phone = await startSipPhone(t);
  const account = { "SIP.Server": "127.0.0.1", "SIP.Port": port, "GENERAL.Enable": "1" };
  await phone.set({ ...account, "GENERAL.UserName": "1002", "GENERAL.Pwd": "x" });
  assert.match(await nextLine(), /^\d\d:\d\d:\d\d {2}1002 at UDP 127\.0\.0\.1:\d+ refused with 403$/);
  await phone.set({ "GENERAL.UserName": "1001", "GENERAL.Pwd": "correct horse" });
  assert.match(await nextLine(), /^\d\d:\d\d:\d\d {2}1001 at UDP 127\.0\.0\.1:\d+ registered for 1800 s$/);
  // One that stops before the answer has come does not know that it is registered.
  await phone.becomes(/^Up$/);
  await phone.stop();
  assert.match(await nextLine(), /1001 at UDP 127\.0\.0\.1:\d+ unregistered$/);
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("with --json each event is a line of JSON, the port first, and no password is among them", async (t) => {
  const { nextLine } = registrarCommand(t, "--user", "1001:correct horse", "--json");
  const { kind, port } = JSON.parse(await nextLine()) as { readonly kind: string; readonly port: number };
  assert.equal(kind, "listening");
  const phone = await startSipPhone(t);
  const account = { "SIP.Server": "127.0.0.1", "SIP.Port": String(port), "GENERAL.Enable": "1" };
  await phone.set({ ...account, "GENERAL.UserName": "1001", "GENERAL.Pwd": "correct horse" });
  const line = await nextLine();
  const event = JSON.parse(line) as Readonly<Record<string, unknown>>;
  assert.deepEqual([event.kind, event.user, event.expiresSeconds], ["registered", "1001", 1_800]);
  assert.ok(!line.includes("correct horse"));
});

for (const [what, args, message] of [
  ["a user without a password", ["--user", "1001"], /a user must be name:password/],
  ["a status that refuses nobody", ["--refuse", "1001=200"], /--refuse must be user=status/],
  ["a certificate without its key", ["--cert", "c.pem"], /--cert and --key go together/],
  ["a file that is not there", ["--user-file", "nowhere.txt"], /nowhere\.txt/],
] as const) {
  test(`${what} is a mistake of a person: it is named, and the exit code is 2`, async (t) => {
    const { child, errors } = registrarCommand(t, ...args);
    assert.deepEqual(await once(child, "close"), [2, null]);
    assert.match(errors(), message);
  });
}

test("a port that is taken is named, and the exit code is 1", async (t) => {
  const first = registrarCommand(t, "--user", "1:x");
  const port = /port (\d+)/.exec(await first.nextLine())?.[1] ?? "";
  const { child, errors } = registrarCommand(t, "--user", "1:x", "--port", port);
  assert.deepEqual(await once(child, "close"), [1, null]);
  assert.match(errors(), new RegExp(port));
});
