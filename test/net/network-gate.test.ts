import assert from "node:assert/strict";
import { test } from "node:test";
import { gateConnectionRequests, gateFileTransfer, gateTransport } from "../../src/net/network-gate.ts";
import type { AcsTransport } from "../../src/ports/acs-transport.ts";
import type { ConnectionRequestEndpoint } from "../../src/ports/connection-requests.ts";
import { createFakeFileServer } from "../helpers/fake-file-server.ts";

const TARGET = { url: "http://acs.example/", username: "", password: "" };

test("without a network nothing is sent, and an answer that is under way is lost", async () => {
  let connected = true;
  let posts = 0;
  const inner: AcsTransport = {
    open: () => ({
      async post() {
        posts++;
        if (posts === 2) connected = false;
        return { status: 204, body: null };
      },
      close: async () => {},
    }),
  };
  const connection = gateTransport(inner, () => connected).open(TARGET, new AbortController().signal);
  assert.equal((await connection.post(null)).status, 204);
  await assert.rejects(connection.post(null), { code: "ACS_UNREACHABLE" });
  await assert.rejects(connection.post(null), { code: "ACS_UNREACHABLE" });
  assert.equal(posts, 2);
  await connection.close();
});

test("without a network a connection request is turned away", async () => {
  let connected = true;
  let opened: ConnectionRequestEndpoint | null = null;
  const inner = {
    async listen(endpoint: ConnectionRequestEndpoint) {
      opened = endpoint;
      return { host: null, port: 1, close: async () => {} };
    },
  };
  const endpoint = {
    token: "t",
    cpeUrl: () => null,
    credentials: () => ({ username: "", password: "" }),
    requested() {},
    available: () => true,
  };
  await gateConnectionRequests(inner, () => connected).listen(endpoint);
  const available = () => (opened as ConnectionRequestEndpoint | null)?.available();
  assert.equal(available(), true);
  connected = false;
  assert.equal(available(), false);
});

test("without a network a file server cannot be reached: fault 9015", async () => {
  const server = createFakeFileServer();
  server.serve("http://files.example/a", "x");
  let connected = false;
  const gated = gateFileTransfer(server.fileTransfer, () => connected);
  const file = { url: "http://files.example/a", username: "", password: "" };
  const { signal } = new AbortController();
  await assert.rejects(gated.download(file, "a", signal), { faultCode: 9015 });
  await assert.rejects(gated.fetch(file, 10, signal), { faultCode: 9015 });
  connected = true;
  assert.equal((await gated.download(file, "a", signal)).bytes, 1);
  assert.equal((await gated.fetch(file, 10, signal)).length, 1);
});
