import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { AutopCheck } from "../../../src/agent/autop/autop.ts";
import { type AgentUnderTest, createAgentUnderTest } from "../../helpers/agent-under-test.ts";
import { fileTransfer } from "../../helpers/file-transfer.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const NAME = "Config.Account1.GENERAL.UserName";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface Fixture {
  readonly under: AgentUnderTest;
  readonly asked: readonly string[];
}

/** A phone whose AutoP server is this handler, over real sockets; it looks when it is asked to. */
async function fixture(t: TestContext, handler: Handler): Promise<Fixture> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const folder = join(await temporaryFolder(t), "transfers");
  const under = createAgentUnderTest({
    keys: {
      "Config.Autoprovision.GENERAL.Url": `http://127.0.0.1:${port}/prov`,
      "Config.Autoprovision.GENERAL.UserName": "me",
      "Config.Autoprovision.GENERAL.Pwd": "hunter2",
      "Config.Autoprovision.MODE.Mode": "0",
    },
    fileTransfer: (time) =>
      fileTransfer({
        ...time,
        folder,
      }),
  });
  t.after(() => under.agent.stop());
  await under.agent.start();
  await under.settle();
  return { under, asked };
}

function reason(check: AutopCheck): string {
  return "reason" in check ? check.reason : check.kind;
}

test("both files come over HTTP, the model's is not there, and the log-in is sent when it is asked for", async (t) => {
  const { under, asked } = await fixture(t, ({ url, headers }, response) => {
    if (headers.authorization === undefined) {
      response.writeHead(401, { "WWW-Authenticate": 'Basic realm="files"' }).end();
    } else if (url === "/prov/0c1105abcdef.cfg") response.end(`${NAME} = 1001\r\n`);
    else response.writeHead(404).end("<html>not here</html>");
  });
  assert.equal((await under.agent.local.checkAutop()).kind, "applied");
  assert.equal(under.settings.get(NAME), "1001");
  assert.deepEqual([...new Set(asked)], ["/prov/r000000000053.cfg", "/prov/0c1105abcdef.cfg"]);
  assert.equal((await under.agent.local.checkAutop()).kind, "unchanged");
  assert.deepEqual(under.log.at("warn"), []);
});

for (const [what, handler, words] of [
  [
    "redirects in a loop",
    ({ url }, response) => response.writeHead(302, { Location: `${url}?` }).end(),
    /more than 5 redirects/,
  ],
  [
    "a body without an end",
    (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write("# hunter2\n".repeat(6_000)));
      };
      response.on("drain", more).on("error", () => {});
      more();
    },
    /limit of 1048576 bytes/,
  ],
  [
    "10 MB by its header",
    (_request, response) => response.writeHead(200, { "Content-Length": 10_000_000 }).flushHeaders(),
    /limit of 1048576 bytes/,
  ],
  [
    "a body that breaks off",
    (_request, response) => {
      response.writeHead(200, { "Content-Length": 100 });
      response.write(`${NAME} = 1`, () => response.destroy());
    },
    /127\.0\.0\.1/,
  ],
  ["a web page for everything", (_request, response) => response.end("<!doctype html><p>Log in"), /line 1 is neither/],
  [
    "a redirect to another kind of URL",
    (_request, response) => response.writeHead(302, { Location: "file:///etc/passwd" }).end(),
    /redirects to a URL that is not http/,
  ],
  [
    "a compressed answer",
    (_request, response) => response.writeHead(200, { "Content-Encoding": "gzip" }).end("x"),
    /compressed/,
  ],
  ["an error of the server", (_request, response) => response.writeHead(500).end(), /HTTP status 500/],
] as const satisfies readonly (readonly [string, Handler, RegExp])[]) {
  test(`a hostile or broken server: ${what} changes nothing and costs little`, async (t) => {
    const { under, asked } = await fixture(t, handler);
    assert.match(reason(await under.agent.local.checkAutop()), words);
    assert.equal(under.settings.get(NAME), "");
    assert.ok(asked.length <= 6, `${asked.length} requests`);
    assert.doesNotMatch(under.log.text(), /hunter2/);
  });
}
