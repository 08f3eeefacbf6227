import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMON_FILE, DEVICE_FILE, startFileServer } from "../../campaign/acs/file-server.ts";

test("the file server answers what is offered, counts looks, and answers nothing while it is held", async (t) => {
  const server = await startFileServer(null);
  t.after(() => server.close());
  server.offer(new Map([[DEVICE_FILE, Buffer.from("Config.A.B.C = 1\n")]]));
  const ask = async (name: string): Promise<readonly unknown[]> => {
    const response = await fetch(`${server.url}${name}`);
    return [response.status, await response.text()];
  };
  assert.deepEqual(await ask(COMMON_FILE), [404, ""]);
  assert.equal(server.looks, 0);
  assert.deepEqual(await ask(DEVICE_FILE), [200, "Config.A.B.C = 1\n"]);
  assert.equal(server.looks, 1);

  server.hold(true);
  const held = ask(DEVICE_FILE);
  server.offer(new Map());
  assert.equal(server.looks, 0);
  server.hold(false);
  assert.deepEqual(await held, [404, ""]);
  assert.equal(server.looks, 1);
});
