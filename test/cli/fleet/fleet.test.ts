import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { runCli } from "../../../src/cli/program.ts";
import { capturedIo } from "../../helpers/captured-io.ts";
import { createTestCa } from "../../helpers/certificates.ts";
import { PROGRAM } from "../../helpers/typescript.ts";

interface Line {
  readonly kind: string;
  readonly [name: string]: unknown;
}

function fleet(t: TestContext, args: readonly string[]) {
  const child = spawn(process.execPath, [...PROGRAM, "fleet", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  let text = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (errors += part));
  const ended = once(child, "close").then(([code]) => code as number);
  const lines = (): readonly Line[] =>
    text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  return { child, ended, lines, text: () => text, errors: () => errors };
}

/** Takes each Inform and asks nothing. */
async function startAcs(t: TestContext): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += part;
    if (body === "") return void response.writeHead(204).end();
    const [, id = ""] = /<cwmp:ID[^>]*>([^<]*)</.exec(body) ?? [];
    response.writeHead(200, { "Content-Type": "text/xml" });
    response.end(
      `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:dslforum-org:cwmp-1-2"><s:Header><c:ID s:mustUnderstand="1">${id}</c:ID></s:Header><s:Body><c:InformResponse><MaxEnvelopes>1</MaxEnvelopes></c:InformResponse></s:Body></s:Envelope>`,
    );
  });
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test("SIGTERM ends a fleet cleanly, with a result that says whether the thresholds hold", async (t) => {
  const acs = await startAcs(t);
  const args = ["--count", "5", "--acs", acs, "--rate", "100", "--json", "--threshold", "reached == 5", "faults == 0"];
  const { child, ended, lines, errors } = fleet(t, args);
  const reached = () => lines().some((line) => line.kind === "moment" && line.reached === 5);
  while (!reached() && child.exitCode === null) await once(child.stdout, "data");
  child.kill("SIGTERM");
  assert.equal(await ended, 0, errors());
  assert.equal(errors(), "");
  const result = lines().at(-1);
  assert.equal(result?.kind, "result");
  assert.deepEqual(result.thresholds, [
    { text: "reached == 5", value: 5, holds: true },
    { text: "faults == 0", value: 0, holds: true },
  ]);
});

test("a threshold that does not hold makes the exit code 1, and the lines for people say which", async (t) => {
  const acs = await startAcs(t);
  const { ended, text } = fleet(t, ["--count", "1", "--acs", acs, "--duration", "2", "--threshold", "sessions > 99"]);
  assert.equal(await ended, 1);
  assert.match(text(), /^\d+:\d\d; \d\/1 phones started, /m);
  assert.match(text(), /^✘ sessions > 99: it is \d$/m);
});

test("the first failed TLS check ends the fleet with exit code 1", async (t) => {
  const server = createTlsServer(await (await createTestCa()).issue(["127.0.0.1"]), (_, response) => response.end());
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  t.after(() => server.close());
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { ended, lines } = fleet(t, ["--count", "500", "--acs", url, "--rate", "1", "--json"]);
  assert.equal(await ended, 1);
  const result = lines().at(-1);
  assert.match(String(result?.failure), /^the TLS check of phones-00000\d failed, so no more phones are started/);
  const { started } = (result?.counts ?? assert.fail()) as { readonly started: number };
  assert.ok(started < 500, String(started));
});

async function run(...args: readonly string[]) {
  const captured = capturedIo();
  const code = await runCli(["fleet", ...args], captured.io, COMMANDS);
  return { code, stdout: captured.stdout(), stderr: captured.stderr() };
}

test("a foreign ACS, a wrong option and a fleet without an ACS are refused before anything is started", async () => {
  const foreign = await run("--count", "2", "--acs", "http://192.0.2.1/");
  assert.equal(foreign.code, 2);
  assert.match(foreign.stderr, /the ACS 192\.0\.2\.1 is neither on this host nor in a private network/);
  const rate = await run("--acs", "http://127.0.0.1/", "--rate", "fast");
  assert.equal(rate.code, 2);
  assert.match(rate.stderr, /^command line: --rate: ramp\.perSecond must be a whole number/);
  assert.equal((await run()).code, 2);
});

test("a file can be checked, and described for editors, without starting it", async () => {
  const file = fileURLToPath(new URL("../../../examples/fleet/fleet.yaml", import.meta.url));
  assert.deepEqual(await run(file, "--check"), { code: 0, stdout: `${file}: no mistakes, 200 phones\n`, stderr: "" });
  assert.equal(JSON.parse((await run("--schema")).stdout).title, "akuvox-cpe fleet");
});
