import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ApiUnderTest, createApiUnderTest, faultsOf, observeSession } from "../helpers/api-under-test.ts";
import { UNREACHABLE } from "../helpers/scripted-acs.ts";

const SERVER = "Device.ManagementServer.";
const INTERVAL = `${SERVER}PeriodicInformInterval`;
const JSON_HEADERS = { "Content-Type": "application/json" };

interface Parameter {
  readonly path: string;
  readonly value: string;
  readonly hidden: boolean;
}

async function parameters(tested: ApiUnderTest, query: string): Promise<readonly Parameter[]> {
  const { status, answer } = await tested.ask("GET", `/parameters${query}`);
  assert.equal(status, 200);
  return (answer as unknown as { parameters: readonly Parameter[] }).parameters;
}

describe("parameters over the API", () => {
  test("full and partial paths are read, each parameter once, passwords as empty", async () => {
    const tested = await createApiUnderTest();
    const found = await parameters(tested, `?path=${INTERVAL}&path=${SERVER}&path=${INTERVAL}`);
    assert.equal(found.filter(({ path }) => path === INTERVAL).length, 1);
    assert.ok(found.length > 10 && found.every(({ path }) => path.startsWith(SERVER)));
    const password = found.find(({ path }) => path === `${SERVER}Password`);
    assert.deepEqual([password?.hidden, password?.value], [true, ""]);
    assert.equal(found.find(({ path }) => path === `${SERVER}Username`)?.value, "phone");
  });

  test("without a path everything is read", async () => {
    const tested = await createApiUnderTest();
    assert.ok((await parameters(tested, "")).length > 250);
  });

  test("a path that is not there is 404, and says which", async () => {
    const { ask } = await createApiUnderTest();
    const { status, answer } = await ask("GET", `/parameters?path=${SERVER}&path=Device.Nothing`);
    assert.deepEqual([status, answer.code, answer.faultCode], [404, "UNKNOWN_PATH", 9005]);
    assert.match(answer.message ?? "", /Device\.Nothing/);
  });

  test("names that JavaScript gives a meaning are refused as any other that is not there, and the rest is not done", async () => {
    for (const name of ["__proto__", "constructor", "prototype", "hasOwnProperty"]) {
      const tested = await createApiUnderTest();
      const body = `{"values":{"${name}":"x","${INTERVAL}":"700"}}`;
      const { status } = await tested.api.request("/parameters", { method: "PATCH", headers: JSON_HEADERS, body });
      assert.ok(status === 400 || status === 422, `${name}: ${status}`);
      assert.notEqual((await parameters(tested, `?path=${INTERVAL}`))[0]?.value, "700");
    }
  });

  test("what is set is told with the values before and after, secrets left out", async () => {
    const tested = await createApiUnderTest();
    const values = { [INTERVAL]: "700", [`${SERVER}Password`]: "hush=hush" };
    const { status, answer } = await tested.ask("PATCH", "/parameters", { values });
    assert.equal(status, 200);
    assert.deepEqual(answer, {
      applied: "applied",
      changes: [
        { path: INTERVAL, hidden: false, before: "1800", after: "700" },
        { path: `${SERVER}Password`, hidden: true, before: "", after: "" },
      ],
    });
    const key = "Config.TR069.ManagementServer.Password";
    assert.equal((await tested.under.agent.local.readSettings([key])).get(key), "hush=hush");
  });

  describe("masked text that is written back", () => {
    const URL_PATH = "Device.UserInterface.CUSTOM_Update.CUSTOM_ServerUrl";
    const HELD = { url: "http://name:hush@acs.example/cwmp?token=hush2", password: "hush3" };
    const PASSWORD_KEY = "Config.TR069.ManagementServer.Password";
    const holdingSecrets = async (): Promise<ApiUnderTest> => {
      const tested = await createApiUnderTest({ keys: { [PASSWORD_KEY]: HELD.password } });
      await tested.under.agent.local.setValues(new Map([[URL_PATH, HELD.url]]));
      return tested;
    };
    const held = async ({ under: { agent } }: ApiUnderTest) => ({
      url: (await agent.local.parameters(URL_PATH))[0]?.value,
      password: (await agent.local.readSettings([PASSWORD_KEY])).get(PASSWORD_KEY),
    });

    test("leaves the secret alone, and what came with it is set", async () => {
      const tested = await holdingSecrets();
      const shown = (await parameters(tested, `?path=${URL_PATH}`))[0]?.value ?? "";
      assert.match(shown, /^http:\/\/name:\*{8}@acs\.example\/cwmp\?token=\*{8}$/);
      const values = { [URL_PATH]: shown, [`${SERVER}Password`]: "********", [INTERVAL]: "700" };
      const { status, answer } = await tested.ask("PATCH", "/parameters", { values });
      assert.equal(status, 200);
      assert.doesNotMatch(JSON.stringify(answer), /hush/);
      assert.deepEqual(await held(tested), HELD);
      assert.equal((await parameters(tested, `?path=${INTERVAL}`))[0]?.value, "700");
    });

    test("alone changes nothing", async () => {
      const tested = await holdingSecrets();
      const values = { [`${SERVER}Password`]: "********" };
      const { status, answer } = await tested.ask("PATCH", "/parameters", { values });
      assert.deepEqual([status, answer.applied], [200, "applied"]);
      assert.deepEqual(await held(tested), HELD);
    });

    test("and is changed in another place is refused, as the secret would be lost", async () => {
      for (const [path, value] of [
        [URL_PATH, "http://name:********@other.example/"],
        [`${SERVER}Password`, "x********"],
      ] as const) {
        const tested = await holdingSecrets();
        const values = { [path]: value, [INTERVAL]: "700" };
        const { status, answer } = await tested.ask("PATCH", "/parameters", { values });
        assert.equal(status, 422);
        assert.deepEqual(faultsOf(answer), [[path, 9007]]);
        assert.deepEqual(await held(tested), HELD);
        assert.equal((await parameters(tested, `?path=${INTERVAL}`))[0]?.value, "1800");
      }
    });
  });

  test("one wrong value: a fault for each that is wrong, and nothing is set", async () => {
    const tested = await createApiUnderTest();
    const values = { [INTERVAL]: "700", [`${SERVER}PeriodicInformEnable`]: "perhaps", "Device.Foo": "1" };
    const { status, answer } = await tested.ask("PATCH", "/parameters", { values });
    assert.deepEqual([status, answer.code, answer.faultCode], [422, "FAULT", 9003]);
    assert.deepEqual(faultsOf(answer), [
      [`${SERVER}PeriodicInformEnable`, 9007],
      ["Device.Foo", 9005],
    ]);
    assert.equal((await parameters(tested, `?path=${INTERVAL}`))[0]?.value, "1800");
  });
});

describe("what the API refuses", () => {
  for (const [what, path, body] of [
    ["an unknown query parameter", "/parameters?paht=Device.", undefined],
    ["a path that no parameter can have", `/parameters?path=${"x".repeat(257)}`, undefined],
    ["more paths than a person asks for", `/parameters?${"path=Device.&".repeat(101)}`, undefined],
    ["a query parameter said twice", "/autop?passwords=true&passwords=false", undefined],
    ["no values", "/parameters", { values: {} }],
    ["a value that is no text", "/parameters", { values: { [INTERVAL]: 5 } }],
    ["an unknown key", "/parameters", { values: { [INTERVAL]: "5" }, force: true }],
  ] as const) {
    test(`${what} is 400`, async () => {
      const { ask } = await createApiUnderTest();
      const { status, answer } = await ask(body === undefined ? "GET" : "PATCH", path, body);
      assert.deepEqual([status, answer.code], [400, "BAD_REQUEST"]);
      assert.doesNotMatch(answer.message ?? "", /perhaps/);
    });
  }

  test("a value of a wrong type is not repeated in the refusal: it may be a password", async () => {
    const { ask } = await createApiUnderTest();
    const { answer } = await ask("PATCH", "/parameters", { values: { [`${SERVER}Password`]: ["hush"] } });
    assert.doesNotMatch(JSON.stringify(answer), /hush/);
  });

  test("text that is no JSON is 400", async () => {
    const { api } = await createApiUnderTest();
    for (const body of ["", "{", new Uint8Array([0x22, 0xff, 0x22])]) {
      const response = await api.request("/reboot", { method: "POST", headers: JSON_HEADERS, body });
      assert.equal(response.status, 400);
    }
  });

  test("a request that a form of another site can make changes nothing", async () => {
    const { api, under } = await createApiUnderTest();
    const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", undefined];
    for (const [method, path, body] of [
      ["POST", "/reboot", "{}"],
      ["POST", "/factory-reset", "{}"],
      ["POST", "/inform", "{}"],
      ["PATCH", "/parameters", JSON.stringify({ values: { [INTERVAL]: "700" } })],
      ["POST", "/autop", "Config.TR069.General.Enable = 0\n"],
    ] as const) {
      for (const type of types) {
        const headers: Record<string, string> = type === undefined ? {} : { "Content-Type": type };
        const response = await api.request(path, { method, headers, body });
        assert.equal(response.status, 415, `${path} ${type}`);
      }
    }
    await under.settle();
    assert.equal(under.agent.status().phase, "idle");
    assert.equal(under.acs.sessions.length, 1);
  });

  test("a body beyond the limit is 413, said in advance or not", async () => {
    const { api } = await createApiUnderTest();
    const big = " ".repeat(1_048_577);
    const announced = { ...JSON_HEADERS, "Content-Length": String(big.length) };
    const stream = (): ReadableStream => new Blob([big]).stream();
    for (const [headers, body] of [
      [announced, big],
      [JSON_HEADERS, stream()],
    ] as const) {
      const init: RequestInit & { duplex: "half" } = { method: "POST", headers, body, duplex: "half" };
      const response = await api.request("/reboot", init);
      assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [413, "TOO_LARGE"]);
    }
  });

  test("another method is 405 and says which there are; another path is 404", async () => {
    const { api } = await createApiUnderTest();
    const response = await api.request("/parameters", { method: "DELETE" });
    assert.deepEqual([response.status, response.headers.get("Allow")], [405, "GET, PATCH"]);
    assert.equal((await api.request("/status/../../etc/passwd")).status, 404);
    assert.equal((await api.request("/sessions/1/messages/1/more")).status, 404);
    assert.equal((await api.request("/sessions/1e3")).status, 400);
  });

  test("while the phone restarts everything about it is 503, and works again afterwards", async () => {
    const { ask, under } = await createApiUnderTest();
    assert.equal((await ask("POST", "/reboot", {})).status, 202);
    await under.settle();
    for (const [method, path, body] of [
      ["GET", "/status", undefined],
      ["GET", "/parameters", undefined],
      ["PATCH", "/parameters", { values: { [INTERVAL]: "700" } }],
      ["POST", "/inform", {}],
      ["POST", "/reboot", {}],
      ["POST", "/factory-reset", {}],
      ["GET", "/transfers", undefined],
    ] as const) {
      const { status, answer } = await ask(method, path, body);
      assert.deepEqual([status, answer.code], [503, "PHONE_DOWN"], path);
    }
    await under.time.advance(60_000);
    assert.equal((await ask("GET", "/status")).status, 200);
    assert.deepEqual(under.acs.last.eventCodes, ["1 BOOT"]);
  });

  test("what goes wrong inside is in the log, not in the answer", async () => {
    const { ask, under } = await createApiUnderTest();
    under.agent.local.status = async () => {
      throw new TypeError("inner secrets");
    };
    const { status, answer } = await ask("GET", "/status");
    assert.deepEqual([status, answer.code], [500, "INTERNAL"]);
    assert.doesNotMatch(JSON.stringify(answer), /inner/);
    assert.match(under.log.text(), /inner secrets/);
  });

  test("answers are not kept by browsers, nor taken for pages", async () => {
    const { api } = await createApiUnderTest();
    for (const path of ["/status", "/nothing", "/autop"]) {
      const { headers } = await api.request(path);
      assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
      assert.equal(headers.get("Cache-Control"), "no-store");
      assert.match(headers.get("Content-Type") ?? "", /^(application\/json|text\/plain)/);
    }
  });
});

describe("an Inform by hand", () => {
  test("its session follows, and the answer that waits tells how it went", async () => {
    const { ask, under } = await createApiUnderTest();
    const { status, answer } = await ask("POST", "/inform", { wait: true });
    assert.equal(status, 200);
    const { event, outcome } = answer as { event?: string; outcome?: { events: string[]; successful: boolean } };
    assert.deepEqual([event, outcome?.events, outcome?.successful], ["2 PERIODIC", ["2 PERIODIC"], true]);
    assert.deepEqual(under.acs.last.eventCodes, ["2 PERIODIC"]);
  });

  test("a session that fails is told with its reason", async () => {
    const { ask, under } = await createApiUnderTest();
    under.acs.plan(UNREACHABLE);
    const { answer } = await ask("POST", "/inform", { wait: true });
    const { outcome } = answer as { outcome?: { failure: unknown } };
    assert.deepEqual(outcome?.failure, { code: "ACS_UNREACHABLE", message: "the ACS is out of reach" });
  });

  test("the outcome is that of the session that tells it, not of one that told its like before", async () => {
    const { ask, under } = await createApiUnderTest();
    let again: Promise<{ answer: unknown }> | null = null;
    under.acs.plan({
      // The first 2 PERIODIC is delivered by now.
      before: (post) => {
        if (post === 1) again = ask("POST", "/inform", { wait: true });
        return new Promise((resolve) => setImmediate(resolve));
      },
    });
    under.acs.plan(UNREACHABLE);
    const first = await ask("POST", "/inform", { wait: true });
    const second = await (again ?? assert.fail("it was not asked again"));
    const outcomes = [first, second].map(({ answer }) => (answer as { outcome: { successful: boolean } }).outcome);
    assert.deepEqual(
      outcomes.map(({ successful }) => successful),
      [true, false],
    );
  });

  test("without waiting it answers at once", async () => {
    const { ask, under } = await createApiUnderTest();
    under.acs.plan({ before: () => new Promise(() => {}) });
    const { answer } = await ask("POST", "/inform", { event: "0 BOOTSTRAP" });
    assert.deepEqual(answer, { event: "0 BOOTSTRAP", outcome: null });
  });

  test("who goes away while waiting leaves nothing behind", async () => {
    const { api, under } = await createApiUnderTest();
    under.acs.plan({ before: () => new Promise(() => {}) });
    const listeners: unknown[] = [];
    const { history } = under.agent;
    const onEnd = history.onEnd.bind(history);
    Object.assign(under.agent.history, {
      onEnd: (listener: Parameters<typeof onEnd>[0]) => {
        listeners.push(listener);
        const forget = onEnd(listener);
        return () => {
          listeners.splice(listeners.indexOf(listener), 1);
          forget();
        };
      },
    });
    const gone = new AbortController();
    const init = { method: "POST", headers: JSON_HEADERS, body: '{"wait":true}', signal: gone.signal };
    const answer = Promise.resolve(api.request("/inform", init));
    await under.settle();
    assert.equal(listeners.length, 1);
    gone.abort();
    await answer.catch(() => {});
    assert.equal(listeners.length, 0);
  });

  test("where there is no ACS to tell, nothing is raised", async () => {
    for (const [key, value] of [
      ["Config.TR069.General.Enable", "0"],
      ["Config.TR069.ManagementServer.URL", ""],
    ] as const) {
      const { ask, under } = await createApiUnderTest({ keys: { [key]: value } });
      const before = under.agent.status().pendingEvents;
      const { status, answer } = await ask("POST", "/inform", { wait: true });
      assert.deepEqual([status, answer.code], [409, "TR069_OFF"]);
      assert.deepEqual(under.agent.status().pendingEvents, before);
    }
  });

  test("other events cannot be raised by hand", async () => {
    const { ask } = await createApiUnderTest();
    assert.equal((await ask("POST", "/inform", { event: "4 VALUE CHANGE" })).status, 400);
  });
});

describe("AutoP files over the API", () => {
  const apply = async ({ api }: ApiUnderTest, text: string) => {
    const headers = { "Content-Type": "application/octet-stream" };
    const response = await api.request("/autop?name=x.cfg", { method: "POST", headers, body: text });
    return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
  };

  test("a file is applied as a whole, and warns of what cuts the phone off", async () => {
    const tested = await createApiUnderTest();
    const { status, answer } = await apply(
      tested,
      "Config.TR069.General.Enable = 0\nConfig.Account1.GENERAL.UserName = 1001\n",
    );
    assert.equal(status, 200);
    assert.equal(answer.settings, 2);
    assert.equal((answer.changed as string[]).length, 2);
    assert.notEqual((answer.warnings as string[]).length, 0);
  });

  test("a file with a mistake is refused as a whole", async () => {
    const tested = await createApiUnderTest();
    const { status, answer } = await apply(
      tested,
      "Config.Account1.GENERAL.UserName = 1001\nConfig.TR069.General.Enable = perhaps\n",
    );
    assert.deepEqual([status, answer.code], [422, "FAULT"]);
    assert.equal((await apply(tested, "hush")).status, 422);
    const key = "Config.Account1.GENERAL.UserName";
    assert.notEqual((await tested.under.agent.local.readSettings([key])).get(key), "1001");
  });

  test("passwords are in an export only where they are asked for, and only over the socket", async () => {
    const socket = await createApiUnderTest();
    const web = await createApiUnderTest({ passwords: false });
    const text = async ({ api }: ApiUnderTest, path: string) => (await api.request(path)).text();
    assert.match(await text(socket, "/autop?passwords=true"), /secret/);
    for (const plain of [await text(socket, "/autop"), await text(web, "/autop?passwords=false")]) {
      assert.match(plain, /^Config\.TR069\.ManagementServer\.Username = phone$/m);
      assert.doesNotMatch(plain, /secret|knock/);
    }
    const refused = await web.ask("GET", "/autop?passwords=true");
    assert.deepEqual([refused.status, refused.answer.code], [403, "FORBIDDEN"]);
  });
});

describe("sessions over the API", () => {
  test("the last ones, one of them, and its envelopes", async () => {
    const { ask, sessions } = await createApiUnderTest();
    observeSession(sessions, 1);
    observeSession(sessions, 2);
    const { answer } = await ask("GET", "/sessions");
    const listed = (answer as { sessions?: { session: number; outcome: string }[] }).sessions ?? [];
    assert.deepEqual(
      listed.map(({ session, outcome }) => [session, outcome]),
      [
        [1, "complete"],
        [2, "complete"],
      ],
    );
    assert.equal((((await ask("GET", "/sessions/2")).answer as { records?: unknown[] }).records ?? []).length, 4);
    assert.match(String((await ask("GET", "/sessions/2/messages/1")).answer.envelope), /GetRPCMethods/);
    for (const path of ["/sessions/3", "/sessions/2/messages/0", "/sessions/3/messages/1", "/sessions/2/messages/99"]) {
      const { status, answer } = await ask("GET", path);
      assert.deepEqual([status, answer.code], [404, "NOT_FOUND"], path);
    }
  });
});
