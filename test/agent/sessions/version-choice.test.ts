import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openAcsKnowledge } from "../../../src/agent/sessions/acs-knowledge.ts";
import { createVersionChoice, type VersionChoice } from "../../../src/agent/sessions/version-choice.ts";
import { AgentError } from "../../../src/cwmp/errors.ts";
import type { CwmpVersion } from "../../../src/cwmp/versions.ts";
import type { StateStore } from "../../../src/ports/state-store.ts";
import { createMemoryStateStore } from "../../../src/storage/memory-state-store.ts";
import { durableState } from "../../helpers/durable-state.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";

const URL = "http://acs.example/";
const status = (code: number) => new AgentError("ACS_HTTP_STATUS", `answered ${code}`, { status: code });
const FAULT = new AgentError("ACS_FAULT", "fault 8006");

/** A new boot of a phone with this state. */
async function boot(state: StateStore = createMemoryStateStore(), newest: CwmpVersion = "1.4"): Promise<VersionChoice> {
  return createVersionChoice(newest, await openAcsKnowledge(durableState(state)), createMemoryLogger());
}

function fail(choice: VersionChoice, error: unknown, times: number): readonly CwmpVersion[] {
  return Array.from({ length: times }, () => {
    choice.failed(URL, choice.next(URL), error);
    return choice.next(URL);
  });
}

describe("the version of the next Inform", () => {
  test("C-051 each refusal leads to the next older one that looks different, in the end 1.0, and then round again", async () => {
    assert.deepEqual(fail(await boot(), FAULT, 5), ["1.2", "1.1", "1.0", "1.4", "1.2"]);
    assert.deepEqual(fail(await boot(undefined, "1.3"), status(500), 4), ["1.1", "1.0", "1.3", "1.1"]);
    assert.deepEqual(fail(await boot(undefined, "1.1"), status(400), 2), ["1.0", "1.1"]);
    assert.deepEqual(fail(await boot(undefined, "1.0"), FAULT, 2), ["1.0", "1.0"]);
  });

  test("C-051 an outage, a refused login or a wrong path is no reason to step down", async () => {
    const outages = [
      ...[401, 403, 404, 408, 429, 502, 503, 504].map(status),
      new AgentError("ACS_UNREACHABLE", "x"),
      new AgentError("ACS_TIMEOUT", "x"),
      new AgentError("ACS_TLS", "x"),
      new AgentError("ACS_AUTHENTICATION", "x", { status: 401 }),
      new AgentError("ACS_MESSAGE", "x"),
      new AgentError("SESSION_ABORTED", "x"),
      new Error("x"),
    ];
    const choice = await boot();
    for (const error of outages) assert.deepEqual(fail(choice, error, 1), ["1.4"], String(error));
  });

  test("C-051 the version that was taken stays, over restarts too", async () => {
    const state = createMemoryStateStore();
    const choice = await boot(state);
    fail(choice, FAULT, 3);
    await choice.accepted(URL, "1.0");
    assert.equal(choice.next(URL), "1.0");
    const again = await boot(state);
    assert.equal(again.next(URL), "1.0");
    assert.equal(again.next("http://other.example/"), "1.4");
  });

  test("C-051 another ACS URL starts with the newest", async () => {
    const choice = await boot();
    fail(choice, FAULT, 2);
    await choice.accepted(URL, "1.1");
    assert.equal(choice.next("http://other.example/"), "1.4");
    assert.equal(choice.next(URL), "1.1");
  });

  test("C-051 an ACS that has taken a version is in trouble when it refuses: only several times in a row lead down", async () => {
    const state = createMemoryStateStore();
    await (await boot(state)).accepted(URL, "1.4");
    const choice = await boot(state);
    assert.deepEqual(fail(choice, status(500), 4), ["1.4", "1.4", "1.4", "1.4"]);
    choice.failed(URL, "1.4", new AgentError("ACS_UNREACHABLE", "x"));
    assert.deepEqual(fail(choice, status(400), 4), ["1.4", "1.4", "1.4", "1.4"]);
    await choice.accepted(URL, "1.4");
    assert.deepEqual(fail(choice, FAULT, 6), ["1.4", "1.4", "1.4", "1.4", "1.2", "1.1"]);
  });

  test("an ACS whose trouble looked like a version gets the newer one again that it had taken before", async () => {
    const choice = await boot();
    await choice.accepted(URL, "1.4");
    fail(choice, status(500), 5);
    await choice.accepted(URL, "1.2");
    assert.equal(choice.next(URL), "1.4");
    await choice.accepted(URL, "1.4");
    assert.equal(choice.next(URL), "1.4");
  });

  test("an ACS that has been replaced by an older one is taken at its word the second time", async () => {
    const state = createMemoryStateStore();
    const choice = await boot(state);
    await choice.accepted(URL, "1.4");
    for (const refusals of [7, 3]) {
      fail(choice, FAULT, refusals);
      assert.equal(choice.next(URL), "1.0");
      await choice.accepted(URL, "1.0");
    }
    assert.equal(choice.next(URL), "1.0");
    assert.equal((await openAcsKnowledge(durableState(state))).of(URL).version, "1.0");
  });

  test("a cap that has come down holds, whatever was taken before", async () => {
    const state = createMemoryStateStore();
    await (await boot(state)).accepted(URL, "1.4");
    const choice = await boot(state, "1.1");
    assert.equal(choice.next(URL), "1.1");
    await choice.accepted(URL, "1.1");
    fail(choice, FAULT, 5);
    await choice.accepted(URL, "1.0");
    assert.equal(choice.next(URL), "1.1");
  });
});
