import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStorage } from "../../../src/backends/files/phone-storage.ts";
import { createStoredSettings } from "../../../src/backends/settings/stored-settings.ts";
import { AgentError, isAgentError } from "../../../src/cwmp/errors.ts";
import type { PhoneStorage } from "../../../src/ports/phone-storage.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";

const NAME = "Config.Account1.GENERAL.UserName";
const PASSWORD = "Config.Account1.GENERAL.Pwd";
const UNKNOWN = "Config.Account1.NEW.Thing";
const FACTORY = new Map([
  [NAME, ""],
  [PASSWORD, "factory"],
]);

async function opened(storage: PhoneStorage, factory: ReadonlyMap<string, string> = FACTORY) {
  const log = createMemoryLogger();
  const settings = createStoredSettings({ factory, storage, log });
  await settings.start(() => {});
  const set = (...entries: [string, string][]) => settings.stage(new Map(entries)).apply();
  return { settings, set, log };
}

test("settings come back with the phone, those that are as the factory made them follow the factory", async () => {
  const storage = createMemoryStorage();
  const { set } = await opened(storage);
  assert.deepEqual(await set([NAME, "alice"], [UNKNOWN, "1"]), [
    { key: NAME, before: "", after: "alice" },
    { key: UNKNOWN, before: undefined, after: "1" },
  ]);
  await set([UNKNOWN.toUpperCase().replace("CONFIG", "Config"), "2"]);
  await set([PASSWORD, "own"]);
  await set([PASSWORD, "factory"]);
  const { settings } = await opened(storage, new Map([...FACTORY, [PASSWORD, "another"], [NAME, "bob"]]));
  assert.deepEqual([settings.get(NAME), settings.get(PASSWORD), settings.get(UNKNOWN)], ["alice", "another", "2"]);
  assert.deepEqual(
    (await settings.factoryReset()).map(({ key, after }) => [key, after]),
    [[NAME, "bob"]],
  );
  assert.equal((await opened(storage)).settings.get(NAME), "");
});

test("a change that cannot be kept is not made", async () => {
  const inner = createMemoryStorage();
  let isFull = false;
  const storage: PhoneStorage = {
    load: (name) => inner.load(name),
    save: (name, content) =>
      isFull ? Promise.reject(new AgentError("BACKEND_IO", "the disk is full")) : inner.save(name, content),
    remove: (name) => inner.remove(name),
  };
  const { settings, set } = await opened(storage);
  await set([NAME, "alice"]);
  isFull = true;
  await assert.rejects(set([NAME, "bob"], [PASSWORD, "x"]), (error) => isAgentError(error, "BACKEND_IO"));
  assert.deepEqual([settings.get(NAME), settings.get(PASSWORD)], ["alice", "factory"]);
  // What is so already needs no disk.
  assert.deepEqual(await set([NAME, "alice"]), []);
  isFull = false;
  await Promise.all([set([NAME, "bob"]), set([PASSWORD, "x"])]);
  const { settings: again } = await opened(storage);
  assert.deepEqual([again.get(NAME), again.get(PASSWORD)], ["bob", "x"]);
});

test("a stored value that the phone cannot hold is dropped with its key, and what is no settings is refused unquoted", async () => {
  const storage = createMemoryStorage();
  await storage.save("settings", Buffer.from(JSON.stringify({ [NAME]: "alice", [PASSWORD]: "hush\nhush" })));
  const { settings, log } = await opened(storage);
  assert.deepEqual([settings.get(NAME), settings.get(PASSWORD)], ["alice", "factory"]);
  assert.deepEqual(
    log.at("warn").map(({ fields }) => fields),
    [{ key: PASSWORD }],
  );
  assert.ok(!log.text().includes("hush"));
  for (const text of ['{"hush', '{"a":1}']) {
    await storage.save("settings", Buffer.from(text));
    await assert.rejects(
      opened(storage),
      (error) => isAgentError(error, "BACKEND_IO") && !error.message.includes("hush"),
    );
  }
});
