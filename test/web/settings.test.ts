import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ENABLED } from "../helpers/agent-under-test.ts";
import { createWebUnderTest, formOf, ORIGIN, unescaped, type WebUnderTest, webOf } from "../helpers/web-under-test.ts";

const PAGE = "/settings/tr069";
const SERVER = "Config.TR069.ManagementServer.";
const OFF = {
  "Config.TR069.General.Enable": "0",
  [`${SERVER}URL`]: "",
  [`${SERVER}Username`]: "",
  [`${SERVER}Password`]: "",
  [`${SERVER}ConnectionRequestUsername`]: "",
  [`${SERVER}ConnectionRequestPassword`]: "",
};

async function stored(web: WebUnderTest, name: string): Promise<string | undefined> {
  const key = name === "Enable" ? "Config.TR069.General.Enable" : SERVER + name;
  return (await web.parts.local.readSettings([key])).get(key);
}

/** What stands beside a field. */
function faultOf(page: string, id: string): string | null {
  const text = new RegExp(`<p class="fault" id="${id}-fault">([^<]*)</p>`).exec(page)?.[1];
  if (text === undefined) return null;
  const field = new RegExp(`<(?:input|select) [^>]*id="${id}"[^>]*>`).exec(page)?.[0] ?? "";
  assert.match(field, new RegExp(`aria-describedby="${id}-fault ${id}-hint"`));
  assert.match(field, /aria-invalid="true"/);
  return unescaped(text);
}

describe("Settings > TR069", () => {
  test("has the guide's fields in the guide's order and words, with its defaults", async () => {
    const web = await createWebUnderTest({ keys: OFF });
    const { text } = await web.request(PAGE);
    const seen = [...text.matchAll(/<(legend|label|button)[^>]*>([^<]*)</g)].map(([, , words = ""]) => words);
    assert.deepEqual(seen, [
      ...["TR069", "Enable TR069"],
      ...["ACS", "ACS URL", "ACS Username", "ACS Password"],
      ...["Periodic Inform", "Enable Periodic Inform", "Periodic Inform Interval (seconds)"],
      ...["CPE", "CPE URL", "CPE User name", "CPE Password"],
      "Submit",
    ]);
    assert.match(text, />Cancel<\/a>/);
    const { formToken, ...values } = formOf(text).values;
    assert.match(formToken ?? "", /^[0-9a-f]{64}$/);
    const empty = { acsUrl: "", acsUsername: "", acsPassword: "", cpeUsername: "", cpePassword: "" };
    assert.deepEqual(values, { ...empty, enable: "0", periodicInform: "0", interval: "1800", cpeUrl: "default" });
    assert.deepEqual(
      [...text.matchAll(/<option value="(.)"[^>]*>(\w+)/g)].map(([, value, label]) => `${value} ${label}`),
      ["0 Disabled", "1 Enabled", "0 Disabled", "1 Enabled"],
    );
    assert.doesNotMatch(text, /<script/);
  });

  test("every field is labelled and described", async () => {
    const web = await createWebUnderTest();
    const { text } = await web.request(PAGE);
    const ids = [...text.matchAll(/<(?:input|select) (?!type="hidden")[^>]*id="([^"]*)"/g)].map(([, id = ""]) => id);
    assert.equal(ids.length, 9);
    for (const id of ids) {
      assert.ok(text.includes(`<label for="${id}">`), id);
      assert.ok(text.includes(`id="${id}-hint"`), id);
    }
  });

  test("a Submit is in force at once: the phone calls its new ACS", async () => {
    const web = await createWebUnderTest({ keys: OFF });
    await web.settle();
    assert.equal(web.acs.sessions.length, 0);
    const answer = await web.submit(PAGE, {
      enable: "1",
      acsUrl: "https://acs.example/cwmp",
      acsUsername: "phone",
      acsPassword: "hush-acs",
      periodicInform: "1",
      interval: "60",
    });
    assert.equal(answer.status, 303);
    await web.settle();
    assert.equal(web.acs.last.target.url, "https://acs.example/cwmp");
    assert.deepEqual([web.acs.last.target.username, web.acs.last.target.password], ["phone", "hush-acs"]);
    assert.ok(web.acs.last.eventCodes.includes("0 BOOTSTRAP"));
    await web.time.advance(61_000);
    assert.ok(web.acs.last.eventCodes.includes("2 PERIODIC"));
    const { text } = await web.request(answer.headers.get("location") ?? "");
    assert.match(
      unescaped(text),
      /Saved: Enable TR069, ACS URL, ACS Username, ACS Password, Enable Periodic Inform, Periodic Inform Interval \(seconds\)\. It is in force\./,
    );
  });

  test("what was submitted survives a restart", async () => {
    const web = await createWebUnderTest({ keys: OFF });
    await web.submit(PAGE, { acsUrl: "https://acs.example/", interval: "77", cpePassword: "knock-knock" });
    const phone = await web.crashed();
    await phone.agent.start();
    const again = webOf(phone);
    const { values } = formOf((await again.request(PAGE)).text);
    assert.deepEqual([values.acsUrl, values.interval, values.cpePassword], ["https://acs.example/", "77", "********"]);
    assert.equal(await stored(again, "ConnectionRequestPassword"), "knock-knock");
  });

  test("a Submit counts as made at the phone: the ACS hears of it as VALUE CHANGE, of what differs alone", async () => {
    const web = await createWebUnderTest();
    const watch = (name: string) =>
      ({ name, notificationChange: true, notification: 2, accessListChange: false, accessList: [] }) as const;
    const names = ["Username", "PeriodicInformInterval", "ConnectionRequestUsername"];
    const parameterList = names.map((name) => watch(`Device.ManagementServer.${name}`));
    web.acs.plan({ rpcs: [{ name: "SetParameterAttributes", args: { parameterList } }] });
    await web.settle();
    await web.submit(PAGE, { interval: "60" });
    await web.settle();
    assert.deepEqual(web.acs.last.eventCodes, ["4 VALUE CHANGE"]);
    const told = web.acs.last.inform.parameterList.map(({ name, value }) => `${name}=${value}`).join();
    assert.match(told, /PeriodicInformInterval=60/);
    assert.doesNotMatch(told, /Username/);
  });

  test("a Submit without a difference changes nothing and says so", async () => {
    const web = await createWebUnderTest();
    await web.settle();
    const before = web.acs.sessions.length;
    const answer = await web.submit(PAGE, {});
    assert.equal(answer.headers.get("location"), "/settings/tr069?saved=");
    assert.match((await web.request("/settings/tr069?saved=")).text, /nothing was saved/);
    await web.settle();
    assert.equal(web.acs.sessions.length, before);
  });

  test("wrong values are refused beside their fields, all at once, and nothing is saved", async () => {
    const web = await createWebUnderTest();
    const wrong = {
      enable: "2",
      acsUrl: "ftp://acs.example/",
      acsUsername: `${"u".repeat(257)}`,
      periodicInform: "maybe",
      interval: "0",
      cpeUrl: "somewhere",
      cpeUsername: " knock",
      cpePassword: "line\nline",
    };
    const { status, text } = await web.submit(PAGE, wrong);
    assert.equal(status, 422);
    assert.deepEqual(Object.fromEntries(Object.keys(wrong).map((id) => [id, faultOf(text, id)])), {
      enable: "Enable TR069 must be Enabled or Disabled.",
      acsUrl: "ACS URL must be an http:// or https:// URL, or empty.",
      acsUsername: "ACS Username must have at most 256 characters.",
      periodicInform: "Enable Periodic Inform must be Enabled or Disabled.",
      interval: "Periodic Inform Interval (seconds) must be a whole number from 1 to 4294967295.",
      cpeUrl: "CPE URL must be the word default, or an http:// or https:// URL.",
      cpeUsername: "CPE User name must not begin or end with a space: the phone's file cannot keep it.",
      cpePassword: "CPE Password must be one line of text.",
    });
    assert.equal(faultOf(text, "acsPassword"), null);
    assert.match(text, /role="alert">Nothing was saved/);
    assert.equal(text.match(/ autofocus/g)?.length, 1);
    assert.equal(await stored(web, "URL"), ENABLED[`${SERVER}URL`]);
    assert.equal(await stored(web, "ConnectionRequestPassword"), "knock");
    assert.match(text, /href="#acsUrl">ACS URL<\/a>/);
  });

  for (const [id, value] of [
    ["interval", "1e3"],
    ["interval", "-5"],
    ["interval", "4294967296"],
    ["interval", ""],
    ["interval", "٣"],
    ["acsUrl", "http://"],
    ["acsUrl", "http://acs.example:99999/"],
    ["acsUrl", "http://a b/"],
    ["acsUrl", "javascript:alert(1)"],
    ["acsUrl", "http://acs.example/\r\nX: y"],
    ["acsUsername", "a\u0000b"],
    ["acsUsername", "a\u2028b"],
    ["acsUsername", "x\nConfig.TR069.General.Enable = 0"],
  ] as const) {
    test(`${JSON.stringify(value)} is no ${id}`, async () => {
      const web = await createWebUnderTest();
      const { status, text } = await web.submit(PAGE, { [id]: value });
      assert.equal(status, 422);
      assert.notEqual(faultOf(text, id), null);
      assert.equal(await stored(web, "PeriodicInformInterval"), "1800");
      assert.equal(await stored(web, "URL"), ENABLED[`${SERVER}URL`]);
      assert.equal(await stored(web, "Enable"), "1");
    });
  }

  test("typed values are kept when one of them is refused, passwords are not", async () => {
    const web = await createWebUnderTest();
    const typed = { acsUrl: "http://typed.example/", cpePassword: "typed-secret", acsPassword: "", interval: "x" };
    const { text } = await web.submit(PAGE, typed);
    const { values } = formOf(text);
    assert.deepEqual([values.acsUrl, values.interval], ["http://typed.example/", "x"]);
    assert.deepEqual([values.acsPassword, values.cpePassword], ["********", "********"]);
    assert.match(text, /Type passwords again/);
    assert.doesNotMatch(text, /typed-secret/);
    assert.equal(await stored(web, "ConnectionRequestPassword"), "knock");
  });

  test("eight asterisks leave a password alone, an emptied field removes it, another text is the new one", async () => {
    const web = await createWebUnderTest();
    await web.submit(PAGE, { acsPassword: "********", interval: "61" });
    assert.equal(await stored(web, "Password"), "secret");
    await web.submit(PAGE, { acsPassword: "other" });
    assert.equal(await stored(web, "Password"), "other");
    await web.submit(PAGE, { acsPassword: "" });
    assert.equal(await stored(web, "Password"), "");
    assert.equal(formOf((await web.request(PAGE)).text).values.acsPassword, "");
    assert.equal(await stored(web, "ConnectionRequestPassword"), "knock");
    const { status, text } = await web.submit(PAGE, { cpePassword: "********x" });
    assert.equal(status, 422);
    assert.match(faultOf(text, "cpePassword") ?? "", /typed again/);
  });

  test("a password inside a URL is not shown, and not lost", async () => {
    const url = "http://phone:hush-url@acs.example/cwmp";
    const web = await createWebUnderTest({ keys: { ...OFF, [`${SERVER}ConnectionRequestURL`]: url } });
    const { text } = await web.request(PAGE);
    assert.equal(formOf(text).values.cpeUrl, "http://phone:********@acs.example/cwmp");
    assert.doesNotMatch(text, /hush-url/);
    await web.submit(PAGE, { interval: "62" });
    assert.equal(await stored(web, "ConnectionRequestURL"), url);
    const { status } = await web.submit(PAGE, { cpeUrl: "http://phone:********@elsewhere.example/" });
    assert.equal(status, 422);
    assert.equal(await stored(web, "ConnectionRequestURL"), url);
  });

  test("an empty CPE URL means default; blanks around a URL or a number are dropped, as are leading zeros", async () => {
    const web = await createWebUnderTest({ keys: { [`${SERVER}ConnectionRequestURL`]: "http://192.0.2.1:1/x" } });
    await web.submit(PAGE, { cpeUrl: " ", acsUrl: " http://acs.example:1/ ", interval: " 090 " });
    assert.equal(await stored(web, "ConnectionRequestURL"), "default");
    assert.equal(await stored(web, "URL"), "http://acs.example:1/");
    assert.equal(await stored(web, "PeriodicInformInterval"), "90");
  });

  test("a form that lacks fields changes only those that it has", async () => {
    const web = await createWebUnderTest();
    const { formToken = "" } = formOf((await web.request(PAGE)).text).values;
    const answer = await web.request(PAGE, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", origin: ORIGIN },
      body: new URLSearchParams([
        ["formToken", formToken],
        ["interval", "63"],
        ["interval", "64"],
        ["nonsense", "1"],
      ]).toString(),
    });
    assert.equal(answer.headers.get("location"), "/settings/tr069?saved=interval");
    assert.equal(await stored(web, "PeriodicInformInterval"), "64");
    assert.equal(await stored(web, "URL"), ENABLED[`${SERVER}URL`]);
  });

  test("what is in the address cannot put words on the page", async () => {
    const web = await createWebUnderTest();
    const { text } = await web.request(`${PAGE}?saved=acsUrl,%3Cscript%3E,call+0900&reboot=%3Cb%3E`);
    assert.match(text, /Saved: ACS URL\. It is in force/);
    assert.doesNotMatch(text, /0900|<script|<b>/);
  });

  test("the page says what is missing while the phone talks to nobody", async () => {
    const web = await createWebUnderTest({ keys: OFF });
    assert.match((await web.request(PAGE)).text, /TR069 is disabled/);
    await web.submit(PAGE, { enable: "1" });
    assert.match((await web.request(PAGE)).text, /No ACS URL is set/);
  });

  test("while the phone restarts the page says so", async () => {
    const web = await createWebUnderTest();
    await web.agent.stop();
    const { status, headers, text } = await web.request(PAGE);
    assert.equal(status, 503);
    assert.equal(headers.get("retry-after"), "5");
    assert.match(text, /restarting/);
  });
});
