import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { CwmpFault } from "../../src/cwmp/errors.ts";
import { createInsecureWays } from "../../src/net/insecure-ways.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { fileTransfer } from "../helpers/file-transfer.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { httpAnswer, startRawAcs } from "../helpers/raw-acs.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { agentError, openSession } from "../helpers/transport.ts";

const SECURE = new URL("https://acs.example/");
const PLAIN = new URL("http://other.example:8080/");

test("Basic without TLS and a step down from https are warned about, once for each server", () => {
  const log = createMemoryLogger();
  const ways = createInsecureWays({ refuse: false, log });
  for (let again = 0; again < 3; again++) {
    ways.basic(PLAIN);
    ways.basic(SECURE);
    ways.redirect(SECURE, PLAIN);
    ways.redirect(PLAIN, SECURE);
    ways.redirect(PLAIN, PLAIN);
    ways.redirect(SECURE, SECURE);
  }
  assert.deepEqual(
    log.lines.map(({ level, message }) => `${level}: ${message}`),
    [
      "warn: other.example:8080 asks for the password by Basic without TLS, which anyone on the network path can read: the setting tls.refuseInsecure would refuse that",
      "warn: acs.example:443 redirects from https to http, to other.example:8080: the setting tls.refuseInsecure would refuse that",
    ],
  );
});

test("they are refused where the settings say so, and nothing else is", () => {
  const ways = createInsecureWays({ refuse: true, log: createMemoryLogger() });
  assert.throws(
    () => ways.basic(PLAIN),
    agentError("ACS_AUTHENTICATION", /refused by the setting tls\.refuseInsecure$/),
  );
  assert.throws(() => ways.redirect(SECURE, PLAIN), agentError("ACS_REDIRECTS", /refused by the setting/));
  ways.basic(SECURE);
  ways.redirect(PLAIN, SECURE);
  ways.redirect(PLAIN, PLAIN);
});

test("an ACS that asks for Basic over http gets no password where that is refused", async () => {
  const acs = await startRawAcs(() => httpAnswer(401, "", 'WWW-Authenticate: Basic realm="r"'));
  const { connection } = openSession(acs.origin, { refuseInsecure: true });
  await assert.rejects(connection.post(null), agentError("ACS_AUTHENTICATION", /Basic without TLS/));
  await connection.close();
  assert.deepEqual(
    acs.requests.map((request) => request.header("authorization")),
    [undefined],
  );
  await acs.close();
});

test("a file server that asks for Basic over http gets no password where that is refused", async (t: TestContext) => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(401, { "WWW-Authenticate": 'Basic realm="r"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const files = fileTransfer({
    folder: join(await temporaryFolder(t), "transfers"),

    scheduler: createFakeTime().scheduler,

    refuseInsecure: true,
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/f`;
  const signal = new AbortController().signal;
  await assert.rejects(files.download({ url, username: "u", password: "p" }, "a", signal), (error: unknown) => {
    return error instanceof CwmpFault && error.faultCode === 9010 && /tls\.refuseInsecure/.test(error.message);
  });
  assert.deepEqual(seen, [undefined]);
});
