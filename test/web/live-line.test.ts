import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { createWebApp } from "../../src/web/app.ts";
import { serveWebApp } from "../../src/web/web-server.ts";
import { createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { until } from "../helpers/transport.ts";
import { basic, LOGIN, webOf } from "../helpers/web-under-test.ts";
import { CONNECTED, createPlayedSessions } from "../helpers/wire-events.ts";

async function createServedSite(context: TestContext) {
  const { sessions, play } = createPlayedSessions();
  const phone = createAgentUnderTest();
  const parts = { ...webOf(phone, { sessions }).parts, address: "127.0.0.1", port: 0 };
  const server = await serveWebApp(parts, () => createWebApp(parts));
  context.after(() => server.close());
  const heartbeats = () => phone.time.pendingTimers().filter(({ name }) => name === "live page heartbeat").length;
  const { port, host } = new URL(server.url);
  const openLine = async (): Promise<{ readonly socket: Socket; text(): string }> => {
    const socket = connect(Number(port), "127.0.0.1");
    context.after(() => socket.destroy());
    let text = "";
    socket.on("data", (data) => {
      text += data.toString();
    });
    socket.on("error", () => {});
    const login = basic(LOGIN.username, LOGIN.password);
    socket.write(`GET /sessions/live HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${login}\r\n\r\n`);
    await until(() => text.includes("retry: 3000"));
    return { socket, text: () => text };
  };
  return { server, play, heartbeats, openLine };
}

test("a live line brings what happens, and who hangs up leaves nothing behind", async (context) => {
  const { play, heartbeats, openLine } = await createServedSite(context);
  const line = await openLine();
  assert.match(line.text(), /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(line.text(), /content-type: text\/event-stream/i);
  play(5, [CONNECTED]);
  await until(() => line.text().includes("event: session\ndata: 5\n\n"));
  assert.equal(heartbeats(), 1);
  line.socket.destroy();
  await until(() => heartbeats() === 0);
});

test("the server closes while lines are live, and takes them with it", async (context) => {
  const { server, heartbeats, openLine } = await createServedSite(context);
  const lines = [await openLine(), await openLine()];
  await server.close();
  await until(() => heartbeats() === 0 && lines.every(({ socket }) => socket.destroyed));
});
