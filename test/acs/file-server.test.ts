import assert from "node:assert/strict";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readWrittenCall } from "../../src/acs/call-syntax.ts";
import { decodeRequest } from "../../src/soap/decode.ts";
import { createThrowawayCa } from "../../src/system/certificates/throwaway-ca.ts";
import { type AcsUnderTest, startAcs } from "../helpers/acs-under-test.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { answerTo, type CpeReply, informEnvelope, type ScriptedCpe } from "../helpers/scripted-cpe.ts";
import { seededRandom } from "../helpers/seeded-random.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const CONFIG = "3 Vendor Configuration File";
const DONE = { status: 1 as const, startTime: "0001-01-01T00:00:00Z", completeTime: "0001-01-01T00:00:00Z" };

async function setUp(t: TestContext, options: { readonly maxBytes?: number; readonly maxFiles?: number } = {}) {
  const folder = await temporaryFolder(t);
  const uploads = join(folder, "uploads");
  const under = await startAcs(t, { uploads: { folder: async () => uploads, ...options } });
  const file = join(folder, "a b.cfg");
  await writeFile(file, "Config.A = 1\n");
  return { ...under, folder, uploads, file };
}

/** Opens a session that is asked for the written RPC; what the ACS has sent. */
async function asked({ acs }: AcsUnderTest, cpe: ScriptedCpe, written: Record<string, unknown>, host?: string) {
  const outcome = acs.enqueue("any", readWrittenCall(written));
  await cpe.post(informEnvelope(), host === undefined ? {} : { host });
  return { outcome, call: await cpe.post(null) };
}

function urlIn(reply: CpeReply, name: "Download" | "Upload" | "ScheduleDownload"): string {
  const { body } = reply.envelope();
  assert.ok(body.kind === "request");
  return decodeRequest(name, body.element).url;
}

function http(method: string, url: string, body: string | null = null, headers: Record<string, string> = {}) {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end(body ?? undefined);
  });
}

/** Says that 50 bytes will come, and goes away after one. */
function cutShort(url: string): Promise<void> {
  return new Promise((resolve) => {
    const sent = request(url, { method: "PUT", headers: { "content-length": "50" } });
    sent.on("close", () => resolve()).on("error", () => {});
    sent.write("x", () => sent.destroy());
  });
}

test("a local file is served under a path nobody can guess, by the host that the phone has called", async (t) => {
  const under = await setUp(t);
  const cpe = under.cpe();
  const { call } = await asked(under, cpe, { Download: { fileType: CONFIG, url: under.file } }, "acs.example:8080");
  const url = urlIn(call, "Download");
  assert.match(url, /^http:\/\/acs\.example:8080\/files\/[0-9a-f]{32}\/a%20b\.cfg$/);
  const { body } = call.envelope();
  assert.equal(body.kind === "request" && decodeRequest("Download", body.element).fileSize, 13);
  const here = url.replace("acs.example:8080", `127.0.0.1:${under.acs.port}`);
  assert.deepEqual(await http("GET", here), { status: 200, text: "Config.A = 1\n" });
  assert.deepEqual(await http("HEAD", here), { status: 200, text: "" });
  assert.equal((await http("PUT", here, "x")).status, 405);
  const other = here.replace(/[0-9a-f]{32}/, (token) => [...token].reverse().join(""));
  assert.equal((await http("GET", other)).status, 404);
  assert.deepEqual(
    under.events.filter(({ kind }) => kind === "file").map((event) => ({ ...event, at: 0 })),
    [
      {
        ...{ kind: "file", at: 0, device: "0C1105-SP-R53P-0C1105000001", direction: "sent" },
        ...{ path: under.file, bytes: 13, error: null },
      },
    ],
  );
  const target = under.events.find((event) => event.kind === "rpc-sent")?.target;
  assert.equal(target, `${CONFIG}, ${under.file}`);
});

test("a Host that is none is not taken for one", async (t) => {
  const under = await setUp(t);
  const written = { ScheduleDownload: { fileType: CONFIG, url: under.file, windows: [{ start: 0, end: 9 }] } };
  const { call } = await asked(under, under.cpe(), written, "evil/@x");
  assert.ok(urlIn(call, "ScheduleDownload").startsWith(`http://127.0.0.1:${under.acs.port}/files/`));
});

test("https stays https", async (t) => {
  const tls = await createThrowawayCa(["127.0.0.1"], {
    clock: createFakeTime({ now: Date.now() }).clock,
    random: seededRandom(),
  });
  const under = await startAcs(t, { tls });
  const file = join(await temporaryFolder(t), "a.cfg");
  await writeFile(file, "x");
  const written = { Download: { fileType: CONFIG, url: file } };
  const { call } = await asked(under, under.cpe({ ca: tls.ca }), written);
  assert.ok(urlIn(call, "Download").startsWith(`https://127.0.0.1:${under.acs.port}/files/`));
});

test("an Upload without a URL is received into the folder, whole or not at all, and as often as it is sent", async (t) => {
  const under = await setUp(t, { maxBytes: 100 });
  const cpe = under.cpe();
  const { call, outcome } = await asked(under, cpe, { Upload: { fileType: "2 Vendor Log File" } });
  const url = urlIn(call, "Upload");
  assert.equal((await http("PUT", url, "x".repeat(101))).status, 413);
  await cutShort(url);
  while (under.events.filter((event) => event.kind === "file" && event.error !== null).length < 2)
    await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await readdir(under.uploads), []);
  assert.equal((await http("PUT", url, "first")).status, 201);
  assert.equal((await http("POST", url, "second")).status, 201);
  const [name = "", ...others] = await readdir(under.uploads);
  assert.match(name, /^\d{8}T\d{6}Z-0C1105000001-1-log\.txt$/);
  assert.deepEqual(others, []);
  assert.equal(await readFile(join(under.uploads, name), "utf8"), "second");
  assert.equal((await stat(join(under.uploads, name))).mode & 0o777, 0o600);
  assert.equal((await http("GET", url)).status, 405);
  await cpe.post(answerTo(call, "Upload", DONE));
  assert.equal((await outcome).kind, "response");
});

test("no more files are received than were agreed", async (t) => {
  const under = await setUp(t, { maxFiles: 1 });
  const cpe = under.cpe();
  const upload = readWrittenCall({ Upload: { fileType: "1 Vendor Configuration File" } });
  const outcomes = [1, 2, 3].map(() => under.acs.enqueue("any", upload));
  await cpe.post(informEnvelope());
  const first = await cpe.post(null);
  assert.equal((await cpe.post(answerTo(first, "Upload", DONE))).status, 204);
  assert.deepEqual(
    (await Promise.all(outcomes)).map((outcome) => (outcome.kind === "lost" ? outcome.reason : outcome.kind)),
    ["response", ...Array(2).fill("it was not sent: this ACS already has 1 upload links, the maximum: restart it")],
  );
});

test("a file that has gone meanwhile concerns its own RPC alone", async (t) => {
  const under = await setUp(t);
  const missing = { ...readWrittenCall({ Download: { fileType: CONFIG, url: under.file } }), local: "/nowhere/x" };
  const lost = under.acs.enqueue("any", missing);
  const { call } = await asked(under, under.cpe(), { Download: { fileType: CONFIG, url: "http://files/x" } });
  assert.equal(urlIn(call, "Download"), "http://files/x");
  const outcome = await lost;
  assert.match(outcome.kind === "lost" ? outcome.reason : "", /not sent: cannot read the file \/nowhere\/x/);
});

test("a path that is no file is named where it is written; a URL has a scheme", () => {
  const read = (name: string, url: string) => readWrittenCall({ [name]: { fileType: "x", url } });
  assert.throws(() => read("Download", "nowhere.cfg"), /url: cannot read the file \/.*\/nowhere\.cfg.*http:\/\//);
  assert.throws(() => read("Download", "."), /is not a file/);
  assert.throws(() => read("Upload", "here.cfg"), /without a URL/);
  for (const url of ["", "ftp://x", "x:y"]) assert.equal(read("Download", url).local, undefined);
});
