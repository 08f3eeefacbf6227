import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createApi } from "../../src/control/api.ts";
import { createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { NO_SESSIONS, ORIGIN, webOf } from "../helpers/web-under-test.ts";

const INTERVAL = "Device.ManagementServer.PeriodicInformInterval";
const JSON_TYPE = { "content-type": "application/json" };
const FILE_TYPE = { "content-type": "application/octet-stream" };

async function webWithApi() {
  const phone = createAgentUnderTest();
  await phone.agent.start();
  await phone.settle();
  const { agent, log, time } = phone;
  const parts = { agent, sessions: NO_SESSIONS, scheduler: time.scheduler, version: "1.2.3", log, passwords: false };
  return webOf(phone, { api: createApi(parts) });
}

describe("the API below the web page", () => {
  test("wants the log-in", async () => {
    const web = await webWithApi();
    assert.equal((await web.request("/api/status", { login: null })).status, 401);
    const { status, text } = await web.request("/api/status");
    assert.deepEqual([status, JSON.parse(text).version], [200, "1.2.3"]);
  });

  test("sets parameters and takes files, large ones too, as at the socket", async () => {
    const web = await webWithApi();
    const body = JSON.stringify({ values: { [INTERVAL]: "700" } });
    const set = await web.request("/api/parameters", { method: "PATCH", headers: JSON_TYPE, body });
    assert.deepEqual([set.status, JSON.parse(set.text).changes[0].after], [200, "700"]);
    const file = `${"# comment\n".repeat(20_000)}Config.Account1.GENERAL.UserName = 1001\n`;
    const applied = await web.request("/api/autop", { method: "POST", headers: FILE_TYPE, body: file });
    assert.deepEqual([applied.status, JSON.parse(applied.text).settings], [200, 1]);
  });

  test("changes nothing for another site, however its request looks", async () => {
    const web = await webWithApi();
    const body = JSON.stringify({ values: { [INTERVAL]: "700" } });
    for (const headers of [
      { ...JSON_TYPE, origin: "http://evil.example" },
      { ...JSON_TYPE, "sec-fetch-site": "cross-site", origin: ORIGIN },
      { "content-type": "text/plain", origin: ORIGIN },
      { origin: ORIGIN },
    ]) {
      const { status } = await web.request("/api/parameters", { method: "PATCH", headers, body });
      assert.ok(status === 403 || status === 415, String(status));
    }
    assert.equal((await web.agent.local.parameters(INTERVAL))[0]?.value, "1800");
  });

  test("gives no password away, and refuses in its own shape", async () => {
    const web = await webWithApi();
    for (const [path, status, code] of [
      ["/api/autop?passwords=true", 403, "FORBIDDEN"],
      ["/api/parameters?path=Device.Nothing", 404, "UNKNOWN_PATH"],
      ["/api/nothing", 404, "NOT_FOUND"],
      ["/api/sessions/1", 404, "NOT_FOUND"],
    ] as const) {
      const answer = await web.request(path);
      assert.deepEqual([answer.status, JSON.parse(answer.text).code], [status, code]);
    }
    assert.doesNotMatch((await web.request("/api/autop")).text, /secret|knock/);
    assert.equal((await web.request("/api/status", { method: "DELETE", headers: JSON_TYPE })).status, 405);
  });
});
