import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createWebUnderTest, formOf, ORIGIN, type WebAnswer, type WebUnderTest } from "../helpers/web-under-test.ts";

const USER = "Config.Account1.GENERAL.UserName";
const OWN = { origin: ORIGIN, "sec-fetch-site": "same-origin" } as const;

async function upWeb(keys: Readonly<Record<string, string>> = {}): Promise<WebUnderTest> {
  const web = await createWebUnderTest({ keys });
  await web.settle();
  return web;
}

/** With a setting that a factory reset removes. */
async function webWithUser(): Promise<WebUnderTest> {
  const web = await upWeb();
  await web.agent.local.applySettings(new Map([[USER, "1001"]]));
  return web;
}

/** As long as the phone is away. */
const restart = ({ time }: WebUnderTest): Promise<void> => time.advance(60_000);

const eventsOf = ({ acs }: WebUnderTest): readonly string[] => acs.last.eventCodes;

/** A question that leads to another one does not hold what it would do. */
async function answerYes(web: WebUnderTest, page: string): Promise<WebAnswer> {
  return web.submit(page, {});
}

describe("Inform now", () => {
  test("raises 2 PERIODIC, or the event that was chosen, and its session follows", async () => {
    const web = await upWeb();
    for (const [values, event] of [
      [{}, "2 PERIODIC"],
      [{ event: "6 CONNECTION REQUEST" }, "6 CONNECTION REQUEST"],
    ] as const) {
      const { status, headers } = await web.submit("/actions", values);
      assert.equal(status, 303);
      await web.settle();
      assert.deepEqual(eventsOf(web), [event]);
      assert.match((await web.request(headers.get("location") ?? "")).text, /role="status">The event is queued/);
    }
  });

  test("an event that nobody may raise by hand is refused", async () => {
    const web = await upWeb();
    assert.equal((await web.submit("/actions", { event: "4 VALUE CHANGE" })).status, 400);
    await web.settle();
    assert.deepEqual(web.agent.status().pendingEvents, []);
  });

  test("where there is no ACS to tell nothing is raised, and the page says what to do", async () => {
    const web = await upWeb({ "Config.TR069.General.Enable": "0" });
    const before = web.agent.status().pendingEvents;
    const { status, text } = await web.submit("/actions", {});
    assert.equal(status, 409);
    assert.match(text, /TR-069 is turned off: turn it on/);
    assert.deepEqual(web.agent.status().pendingEvents, before);
  });
});

describe("Reboot and Factory reset", () => {
  test("a reboot is asked for, then done", async () => {
    const web = await webWithUser();
    assert.match((await web.request("/actions")).text, /href="\/actions\/reboot"/);
    const { status, headers } = await answerYes(web, "/actions/reboot");
    assert.deepEqual([status, headers.get("location")], [303, "/actions?done=reboot"]);
    await restart(web);
    assert.deepEqual(eventsOf(web), ["1 BOOT"]);
    assert.equal((await web.parts.local.readSettings([USER])).get(USER), "1001");
  });

  test("a factory reset is asked for twice; the first Yes does nothing yet", async () => {
    const web = await webWithUser();
    const first = await answerYes(web, "/actions/factory-reset");
    assert.equal(first.status, 200);
    assert.match(first.text, /are you sure\?[\s\S]*cannot be undone/);
    await web.settle();
    assert.equal((await web.parts.local.readSettings([USER])).get(USER), "1001");
    const { action, values } = formOf(first.text);
    const body = new URLSearchParams(values).toString();
    const headers = { ...OWN, "content-type": "application/x-www-form-urlencoded" };
    const second = await web.request(action, { method: "POST", headers, body });
    assert.deepEqual([second.status, second.headers.get("location")], [303, "/actions?done=factory-reset"]);
    await restart(web);
    assert.notEqual((await web.parts.local.readSettings([USER])).get(USER), "1001");
  });

  test("looking at a question does nothing", async () => {
    const web = await webWithUser();
    const sessions = web.agent.history.count;
    for (const page of ["/actions", "/actions/reboot", "/actions/factory-reset"]) await web.request(page);
    await web.settle();
    assert.equal(web.agent.history.count, sessions);
    assert.equal((await web.parts.local.readSettings([USER])).get(USER), "1001");
  });

  test("a link cannot have the page say something else", async () => {
    const web = await upWeb();
    for (const done of ["<b>x", "__proto__", "constructor", ""]) {
      assert.doesNotMatch((await web.request(`/actions?done=${encodeURIComponent(done)}`)).text, /role="status"|<b>x/);
    }
  });
});

describe("AutoP at the web page", () => {
  async function upload(
    web: WebUnderTest,
    text: string | null,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<WebAnswer> {
    const { formToken = "" } = formOf((await web.request("/actions")).text).values;
    return send(web, text, { formToken, ...fields });
  }

  async function send(
    web: WebUnderTest,
    text: string | null,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = OWN,
  ): Promise<WebAnswer> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set("file", new File(text === null ? [] : [text], text === null ? "" : "phone.cfg"));
    const encoded = new Response(form);
    const type = encoded.headers.get("content-type") ?? "";
    const body = await encoded.text();
    return web.request("/actions/autop", { method: "POST", headers: { ...headers, "content-type": type }, body });
  }

  test("a file is applied as a whole, and the page tells what changed by name, no value", async () => {
    const web = await upWeb();
    const secret = "Config.Account1.GENERAL.Pwd = hush";
    const { status, text } = await upload(web, `${USER} = 1001\n${secret}\nConfig.TR069.General.Enable = 0\n`);
    assert.equal(status, 200);
    assert.match(text, /phone\.cfg: 3 settings, 3 changed\./);
    assert.match(text, /Warnings[\s\S]*TR-069/);
    assert.ok(text.includes(`<li>${USER}</li>`));
    assert.doesNotMatch(text, /hush/);
    assert.equal((await web.parts.local.readSettings([USER])).get(USER), "1001");
  });

  test("a file with a bad line is refused with line and key; its good lines are applied where that is asked for", async () => {
    const web = await upWeb();
    const text = `${USER} = 1001\nConfig.TR069.General.Enable = perhaps\n`;
    const refused = await upload(web, text);
    assert.equal(refused.status, 422);
    assert.match(refused.text, /role="alert">Nothing was changed\. [\s\S]*ine 2: Config\.TR069\.General\.Enable/);
    assert.notEqual((await web.parts.local.readSettings([USER])).get(USER), "1001");
    const lenient = await upload(web, text, { lenient: "true" });
    assert.equal(lenient.status, 200);
    assert.match(lenient.text, /Lines left out[\s\S]*General\.Enable/);
    assert.equal((await web.parts.local.readSettings([USER])).get(USER), "1001");
  });

  test("markup in a file, and in its name, stays text", async () => {
    const web = await upWeb();
    const { text } = await upload(web, "<script>alert(1)</script> = 1\n");
    assert.ok(!text.includes("<script>alert"));
  });

  test("no file, a damaged form, one that is too large: each is refused with what to do", async () => {
    const web = await upWeb();
    assert.equal((await upload(web, null)).status, 400);
    const type = { ...OWN, "content-type": "multipart/form-data; boundary=x" };
    for (const body of ["", "--x", "--x\r\n\r\n--x--"]) {
      const { status } = await web.request("/actions/autop", { method: "POST", headers: type, body });
      assert.ok(status === 400 || status === 403, `${JSON.stringify(body)}: ${status}`);
    }
    const large = await upload(web, `${"# comment\n".repeat(110_000)}${USER} = 1001\n`);
    assert.equal(large.status, 413);
    assert.equal((await upload(web, `${"# comment\n".repeat(20_000)}${USER} = 1001\n`)).status, 200);
  });

  test("another site cannot send a file, nor a form of a page elsewhere a file", async () => {
    const web = await upWeb();
    const file = `${USER} = evil\n`;
    const { formToken = "" } = formOf((await web.request("/actions")).text).values;
    for (const fields of [{}, { formToken: "" }, { formToken: `${formToken.slice(1)}0` }]) {
      assert.equal((await send(web, file, fields as Readonly<Record<string, string>>)).status, 403);
    }
    for (const headers of [{ origin: "http://evil.example" }, { "sec-fetch-site": "cross-site" }]) {
      assert.equal((await send(web, file, { formToken }, headers as Readonly<Record<string, string>>)).status, 403);
    }
    const headers = { ...OWN, "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams({ formToken, file }).toString();
    assert.equal((await web.request("/actions/autop", { method: "POST", headers, body })).status, 415);
    assert.notEqual((await web.parts.local.readSettings([USER])).get(USER), "evil");
    assert.equal((await send(web, file, { formToken })).status, 200, "with the token the same file is taken");
  });

  test("an export is a file to save, with everything but passwords", async () => {
    const web = await webWithUser();
    const { status, headers, text } = await web.request("/actions/autop/export");
    assert.equal(status, 200);
    assert.equal(headers.get("content-disposition"), 'attachment; filename="0C1105ABCDEF.cfg"');
    assert.match(headers.get("content-type") ?? "", /^text\/plain/);
    assert.match(text, /^Config\.Account1\.GENERAL\.UserName = 1001$/m);
    assert.doesNotMatch(text, /secret|knock/);
    const again = await upload(web, text);
    assert.match(again.text, /settings, 0 changed/);
  });
});

test("every action needs the log-in and the token of a page", async () => {
  const web = await upWeb();
  const headers = { ...OWN, "content-type": "application/x-www-form-urlencoded" };
  for (const path of ["/actions/inform", "/actions/reboot", "/actions/factory-reset"]) {
    const body = "event=2+PERIODIC&sure=yes";
    assert.equal((await web.request(path, { method: "POST", headers, body, login: null })).status, 401);
    assert.equal((await web.request(path, { method: "POST", headers, body })).status, 403);
  }
  await web.settle();
  assert.deepEqual(web.agent.status().pendingEvents, []);
  assert.equal((await web.request("/actions/autop/export", { login: null })).status, 401);
});
