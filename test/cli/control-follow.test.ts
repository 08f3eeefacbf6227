import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, test } from "node:test";
import { followSessions } from "../../src/cli/control/trace.ts";
import { CliExit } from "../../src/cli/io.ts";
import { observeSession } from "../helpers/api-under-test.ts";
import { capturedIo } from "../helpers/captured-io.ts";
import { listeningAgent } from "../helpers/commands.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** Resolves when the text on stdout fits. */
async function until(captured: { stdout(): string }, fits: RegExp): Promise<void> {
  for (let turn = 0; !fits.test(captured.stdout()); turn++) {
    assert.ok(turn < 100_000, captured.stdout());
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function promised(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}

describe("akuvox-cpe trace --follow", () => {
  test("draws rung by rung, a ladder for each session, until it is told to stop", async (t) => {
    const { sessions, socket } = await listeningAgent(t);
    observeSession(sessions, 1);
    const captured = capturedIo();
    const stop = promised();
    const followed = followSessions(1, { socket }, captured.io, stop.promise);
    await until(captured, /close connection/);
    sessions.observe(2, 1000, { kind: "connected", address: "192.0.2.1", port: 7547 });
    sessions.observe(2, 1005, { kind: "sent", body: null, bytes: 0, authorized: false });
    // Whether it has happened before the stream was open or after: it is drawn.
    await until(captured, /POST {2}\(empty\)/);
    const drawn = captured.stdout();
    assert.equal(drawn.match(/^ +CPE +ACS$/gm)?.length, 2);
    assert.match(drawn, /5 ms │─── HTTP POST {2}\(empty\)/);
    sessions.observe(2, 1010, { kind: "closed", error: "cut off" });
    await until(captured, /cut off/);
    stop.resolve();
    await followed;
    assert.equal(captured.stderr(), "");
  });

  test("as JSON each record is a line", async (t) => {
    const { sessions, socket } = await listeningAgent(t);
    observeSession(sessions, 1);
    const captured = capturedIo();
    const stop = promised();
    const followed = followSessions(1, { socket, json: true }, captured.io, stop.promise);
    await until(captured, /closed/);
    stop.resolve();
    await followed;
    const kinds = captured.stdout().trimEnd().split("\n");
    assert.deepEqual(
      kinds.map((line) => JSON.parse(line).kind),
      ["connected", "message", "message", "closed"],
    );
  });

  test("an agent that ends meanwhile is told, and gives 1", async (t) => {
    const socket = join(await temporaryFolder(t), "control.sock");
    const server = createServer((_request, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.end(': alive\n\ndata: {"session":1,"at":1,"kind":"connected"}\n\n');
    });
    await once(server.listen(socket), "listening");
    t.after(() => server.close());
    const captured = capturedIo();
    await assert.rejects(
      followSessions(0, { socket }, captured.io, new Promise(() => {})),
      (error) => error instanceof CliExit && error.exitCode === 1,
    );
    assert.match(captured.stdout(), /open connection/);
    assert.match(captured.stderr(), /error: the agent at .* stopped/);
  });
});
