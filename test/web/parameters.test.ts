import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createWebUnderTest, formOf, ORIGIN, unescaped, type WebUnderTest } from "../helpers/web-under-test.ts";

const SERVER = "Device.ManagementServer.";
const LINE = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.";
const at = (path: string): string => `/parameters?path=${path}`;
const edit = (path: string): string => `/parameters/edit?path=${path}`;

/** The cells of each row, in order. */
function rows(page: string): readonly (readonly string[])[] {
  return [...page.matchAll(/<tr role="row"><td[\s\S]*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell = ""]) => unescaped(cell.replace(/<[^>]*>/g, ""))),
  );
}

async function currentOf(web: WebUnderTest, path: string): Promise<string | undefined> {
  return (await web.parts.local.parameters(path))[0]?.value;
}

const faultOf = (page: string): string => unescaped(/<p class="fault"[^>]*>([^<]*)/.exec(page)?.[1] ?? "");

describe("the tree of parameters", () => {
  test("begins with its objects and how much each holds", async () => {
    const web = await createWebUnderTest();
    const { text } = await web.request("/parameters");
    const objects = [...text.matchAll(/<li><a class="path" href="([^"]*)">([^<]*)<\/a> <span class="quiet">(\d+)</g)];
    assert.deepEqual(
      objects.map(([, , name]) => name),
      ["DeviceInfo.", "ManagementServer.", "Time.", "UserInterface.", "LAN."],
    );
    const sum = objects.reduce((total, [, , , count]) => total + Number(count), 0);
    assert.equal(sum, (await web.parts.local.parameters("Device.")).length);
    assert.ok(text.length < 5000, "a page of the whole tree stays small");
  });

  test("shows path, value, type, access, notification and source of what is right below an object", async () => {
    const web = await createWebUnderTest();
    const watched = {
      name: `${SERVER}Username`,
      notificationChange: true,
      notification: 2,
      accessListChange: false,
    } as const;
    const args = { parameterList: [{ ...watched, accessList: [] }] };
    web.acs.plan({ rpcs: [{ name: "SetParameterAttributes", args }] });
    await web.settle();
    const { text } = await web.request(at(SERVER));
    const found = new Map(rows(text).map(([name = "", ...cells]) => [name, cells]));
    assert.deepEqual(found.get("PeriodicInformInterval"), [
      "1800",
      "unsignedInt",
      "read and write",
      "off",
      "phone's settings",
    ]);
    assert.deepEqual(found.get("ParameterKey"), ["(empty)", "string", "read", "off", "agent"]);
    assert.deepEqual(found.get("Password"), ["********", "string", "read and write", "off", "phone's settings"]);
    assert.deepEqual(found.get("STUNPassword"), ["(not set)", "string", "read and write", "off", "phone's settings"]);
    assert.equal(found.get("Username")?.[3], "active");
  });

  test("every object leads down to every parameter", async () => {
    const web = await createWebUnderTest();
    const seen = new Set<string>();
    const waiting = ["/parameters"];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { status, text } = await web.request(next);
      assert.equal(status, 200, next);
      for (const [, link = ""] of text.matchAll(/<li><a class="path" href="([^"]*)"/g)) waiting.push(unescaped(link));
      for (const [, link = ""] of text.matchAll(/href="(\/parameters\/edit[^"]*)"/g))
        seen.add(decodeURIComponent(link.split("path=")[1] ?? ""));
      const further = /<a href="([^"]*)">Next</.exec(text)?.[1];
      if (further !== undefined) waiting.push(unescaped(further));
    }
    const all = (await web.parts.local.parameters("Device.")).map(({ path }) => path);
    assert.deepEqual([...seen].toSorted(), all.toSorted());
  });

  test("a search finds words in paths and descriptions, whatever their case and order", async () => {
    const web = await createWebUnderTest();
    const names = async (query: string): Promise<readonly (string | undefined)[]> =>
      rows((await web.request(`/parameters?q=${encodeURIComponent(query)}`)).text).map(([name]) => name);
    assert.deepEqual(await names("inform INTERVAL"), [`${SERVER}PeriodicInformInterval`]);
    assert.deepEqual(await names("acs proves"), [`${SERVER}Password`]);
    assert.deepEqual(await names("nothing of the kind"), []);
    const { text } = await web.request(`/parameters?q=Enable&path=${SERVER}`);
    assert.ok(rows(text).every(([name = ""]) => name.startsWith(SERVER)));
    assert.match(text, /2 found below Device\.ManagementServer\./);
  });

  test("a search that finds much comes in pages of 50", async () => {
    const web = await createWebUnderTest();
    const total = (await web.parts.local.parameters("Device.")).length;
    const pages = Math.ceil(total / 50);
    const first = await web.request("/parameters?q=device");
    assert.equal(rows(first.text).length, 50);
    assert.match(first.text, new RegExp(`${total} found below Device\\.`));
    assert.match(first.text, new RegExp(`Page 1 of ${pages}`));
    assert.ok(first.text.length < 60_000);
    const last = await web.request(`/parameters?q=device&page=${pages}`);
    assert.equal(rows(last.text).length, total - 50 * (pages - 1));
    assert.doesNotMatch(last.text, />Next</);
    assert.equal((await web.request("/parameters?q=device&page=99999")).text, last.text, "beyond the last is the last");
  });

  test("a search never looks into values, so that it cannot be used to guess a secret", async () => {
    const web = await createWebUnderTest();
    await web.parts.local.setValues(
      new Map([
        [`${SERVER}Password`, "zebra"],
        [`${SERVER}Username`, "zebra"],
      ]),
    );
    assert.deepEqual(rows((await web.request("/parameters?q=zebra")).text), []);
  });

  test("a long value is cut in the list", async () => {
    const web = await createWebUnderTest();
    await web.parts.local.setValues(new Map([[`${SERVER}Username`, "u".repeat(256)]]));
    const found = rows((await web.request(at(SERVER))).text).find(([name]) => name === "Username");
    assert.equal(found?.[1], `${"u".repeat(120)}…`);
  });
});

describe("a parameter's page", () => {
  test("says what it is, and offers no form where it is read-only", async () => {
    const web = await createWebUnderTest();
    const { text } = await web.request(edit("Device.DeviceInfo.SerialNumber"));
    assert.match(text, /0C1105ABCDEF/);
    assert.match(text, /It cannot be changed/);
    assert.doesNotMatch(text, /<form/);
  });

  test("a post on a read-only one is refused", async () => {
    const web = await createWebUnderTest();
    const { formToken = "" } = formOf((await web.request("/settings/tr069")).text).values;
    const { status, text } = await web.request(edit("Device.DeviceInfo.SerialNumber"), {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", origin: ORIGIN },
      body: new URLSearchParams({ formToken, value: "0" }).toString(),
    });
    assert.equal(status, 403);
    assert.match(text, /Read-only/);
  });

  test("booleans and enumerations are chosen from a list that says what is set", async () => {
    const web = await createWebUnderTest();
    const options = async (path: string): Promise<readonly (string | undefined)[]> =>
      [...(await web.request(edit(path))).text.matchAll(/<option value="([^"]*)"/g)].map(([, value]) => value);
    assert.deepEqual(await options(`${SERVER}PeriodicInformEnable`), ["true", "false"]);
    assert.deepEqual(await options(`${LINE}Enable`), ["Disabled", "Quiescent", "Enabled"]);
    assert.equal(formOf((await web.request(edit(`${SERVER}PeriodicInformEnable`))).text).values.value, "false");
  });

  test("range and units are shown", async () => {
    const web = await createWebUnderTest();
    const { text } = await web.request(edit(`${SERVER}PeriodicInformInterval`));
    assert.match(text, /from 1 to 4294967295/);
    assert.match(text, /<dt>Unit<\/dt><dd>seconds<\/dd>/);
  });

  test("a change is made at the phone, and in force at once", async () => {
    const web = await createWebUnderTest();
    await web.settle();
    const answer = await web.submit(edit(`${SERVER}URL`), { value: "http://other.example/" });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get("location"), `${edit(`${SERVER}URL`)}&saved=applied`);
    assert.match((await web.request(answer.headers.get("location") ?? "")).text, /Saved\. It is in force/);
    await web.settle();
    assert.equal(web.acs.last.target.url, "http://other.example/");
  });

  test("a change that needs a restart says so", async () => {
    const web = await createWebUnderTest();
    const path = web.parts.model.parameters.find(
      ({ restart, template, writableWhen }) => restart && !template.includes("{i}") && writableWhen === null,
    );
    assert.ok(path !== undefined);
    const page = edit(path.template);
    const { text } = await web.request(page);
    assert.match(text, /takes effect when the phone restarts/);
    const { value } = formOf(text).values;
    const other = path.enumeration?.find((each) => each !== value) ?? "1";
    const { headers } = await web.submit(page, { value: other });
    assert.match(headers.get("location") ?? "", /saved=needs-reboot$/);
    assert.match(
      (await web.request(headers.get("location") ?? "")).text,
      /Saved\. It takes effect when the phone restarts/,
    );
  });

  test("a wrong value is refused beside its field, and kept there to be mended", async () => {
    const web = await createWebUnderTest();
    const { status, text } = await web.submit(edit(`${SERVER}PeriodicInformInterval`), { value: "0" });
    assert.equal(status, 422);
    assert.match(faultOf(text), /^PeriodicInformInterval must be a whole number from 1 to 4294967295\.$/);
    assert.match(text, /aria-invalid="true"/);
    assert.equal(formOf(text).values.value, "0");
    assert.equal(await currentOf(web, `${SERVER}PeriodicInformInterval`), "1800");
  });

  test("what depends on another parameter says which one", async () => {
    const web = await createWebUnderTest();
    const page = edit("Device.LAN.IPAddress");
    const { status, text } = await web.submit(page, { value: "192.0.2.99" });
    assert.equal(status, 422);
    assert.match(faultOf(text), /only while Device\.LAN\.AddressingType is Static/);
  });

  test("a value that is sent back as it was changes nothing", async () => {
    const web = await createWebUnderTest();
    for (const path of [
      `${SERVER}URL`,
      `${SERVER}Password`,
      `${SERVER}STUNPassword`,
      `${SERVER}PeriodicInformEnable`,
    ]) {
      const { headers } = await web.submit(edit(path), {});
      assert.match(headers.get("location") ?? "", /saved=unchanged$/, path);
    }
    assert.doesNotMatch(web.log.text(), /was changed at the web page/);
  });

  test("a text of several lines comes back as it was, and can be changed", async () => {
    const web = await createWebUnderTest();
    const lines = "\nfirst\nsecond\n";
    await web.parts.local.setValues(new Map([[`${SERVER}Username`, lines]]));
    const page = edit(`${SERVER}Username`);
    assert.match((await web.submit(page, {})).headers.get("location") ?? "", /saved=unchanged$/);
    await web.submit(page, { value: "\r\nfirst\r\nthird\r\n" });
    assert.equal(await currentOf(web, `${SERVER}Username`), "\nfirst\nthird\n");
  });

  test("a secret is never shown; eight asterisks keep it, another text sets it, an emptied field removes it", async () => {
    const web = await createWebUnderTest();
    const key = "Config.TR069.ManagementServer.Password";
    const secret = async () => (await web.parts.local.readSettings([key])).get(key);
    const page = edit(`${SERVER}Password`);
    const { text } = await web.request(page);
    assert.match(text, /type="password"/);
    assert.equal(formOf(text).values.value, "********");
    await web.submit(page, { value: "********" });
    assert.equal(await secret(), "secret");
    assert.equal((await web.submit(page, { value: "********2" })).status, 422);
    await web.submit(page, { value: "other-secret" });
    assert.equal(await secret(), "other-secret");
    const refused = await web.submit(page, { value: "s".repeat(300) });
    assert.equal(refused.status, 422);
    assert.doesNotMatch(refused.text, /sss/);
    await web.submit(page, { value: "" });
    assert.equal(await secret(), "");
    assert.equal(formOf((await web.request(page)).text).values.value, "");
  });
});

test("no page of the phone holds a secret", async () => {
  const web = await createWebUnderTest();
  const all = await web.parts.local.parameters("Device.");
  const secrets = all.filter(({ hidden }) => hidden);
  assert.ok(secrets.length >= 6);
  await web.parts.local.setValues(new Map(secrets.map(({ path }, at) => [path, `hush-${at}-hush`])));
  await web.parts.local.setValues(
    new Map([["Device.UserInterface.CUSTOM_Update.CUSTOM_ServerUrl", "http://u:hush-url-hush@acs.example/"]]),
  );
  const pages = [
    ...["/settings/tr069", "/parameters?q=password", "/parameters?q=hush", "/", "/nowhere"],
    ...all.map(({ path }) => edit(path)),
    ...new Set(all.map(({ path }) => at(path.slice(0, path.lastIndexOf(".") + 1)))),
  ];
  for (const page of pages) {
    const { text, headers } = await web.request(page);
    assert.doesNotMatch(text + JSON.stringify([...headers]), /hush-/, page);
  }
  await web
    .submit("/settings/tr069", { acsPassword: "hush-new-hush", interval: "x" })
    .then(({ text }) => assert.doesNotMatch(text, /hush/));
  assert.doesNotMatch(web.log.text(), /hush-|sesame/);
});
