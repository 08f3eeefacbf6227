/** The pages of a running fleet, over real sockets. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { type Browse, browse, type Page } from "../../helpers/browse.ts";
import { type FleetWithPages, fleetWithPages } from "../../helpers/running-fleet.ts";
import { until } from "../../helpers/transport.ts";
import { formOf } from "../../helpers/web-under-test.ts";

const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";

interface BrowsedFleet extends FleetWithPages {
  browse(path: string, options?: Browse): Promise<Page>;
}

async function withPages(t: TestContext, values?: object): Promise<BrowsedFleet> {
  const running = await fleetWithPages(t, values);
  return { ...running, browse: (path, options) => browse(running.url, path, options) };
}

const tokenOf = (page: string): string => formOf(page).values.formToken ?? assert.fail();
const links = (page: string): readonly string[] =>
  [...page.matchAll(/ (?:href|action|data-live)="(\/[^"]*)"/g)].map(([, link = ""]) => link);

describe("the pages of a fleet of 200 phones", () => {
  test("show the fleet, its phones page by page, and each phone's own pages, which lead nowhere else", async (t) => {
    const { browse, fleet, ask } = await withPages(t);
    await until(() => fleet.figures.counts().reached === 200 && fleet.moment().open === 0);
    assert.deepEqual([(await browse("/")).status, (await browse("/")).headers.location], [302, "/fleet"]);
    const overview = await browse("/fleet");
    assert.equal(overview.status, 200);
    assert.match(overview.text, /<a href="\/phones">200<\/a>/);
    assert.match(overview.text, /<li>clockSkew: 1 % of south<\/li>/);
    assert.match((await browse("/fleet/part")).text, /href="\/phones\?state=idle&amp;group=south">80 idle/);
    const list = await browse("/phones?group=south&page=2");
    assert.match(list.text, /Page 2 of 2/);
    assert.equal(list.text.match(/href="\/phones\/south-\d{6}\/status"/g)?.length, 30);
    assert.match((await browse("/phones?search=s12")).text, /<p role="status">9 phones<\/p>/);
    await ask("PATCH", "/phones/north-000007/parameters", { values: { [LABEL]: 'href="/mine" <header>' } });
    for (const path of [
      "status",
      "sessions",
      "transfers",
      "parameters",
      "settings/tr069",
      "actions",
      `parameters?q=CUSTOM_Label`,
    ]) {
      const page = await browse(`/phones/north-000007/${path}`);
      assert.equal(page.status, 200, path);
      assert.match(
        page.text,
        /<header><p class="above"><a href="\/fleet">Fleet<\/a> › <a href="\/phones">Phones<\/a> › <span class="path">north-000007<\/span><\/p>/,
      );
      const elsewhere = links(page.text).filter((link) => !/^\/(phones\/north-000007|assets)\//.test(link));
      assert.deepEqual(elsewhere, ["/fleet", "/phones"], path);
      assert.match(page.text, /<title>north-000007: /, "tabs of a browser can be told apart");
    }
    const own = (await browse("/phones/north-000007/parameters?q=CUSTOM_Label")).text;
    assert.ok(own.includes("href=&quot;/mine&quot; &lt;header&gt;"), "what others say stays as it is");
    assert.doesNotMatch((await browse("/phones/north-000008/parameters?q=CUSTOM_Label")).text, /mine/);
    assert.match((await browse("/phones/S130/status")).text, /S130/);
    assert.equal((await browse("/phones/south-000130")).headers.location, "/phones/south-000130/status");
    const api = await browse("/phones/north-000007/api/status");
    assert.equal(JSON.parse(api.text).identity.serialNumber, "0C1105000007");
    assert.equal(JSON.parse((await browse("/api/phones?search=S13&size=1")).text).total, 10);
    assert.equal((await browse("/phones/north-000007/api/autop?passwords=true")).status, 403);
  });

  test("forms change the fleet and its phones, and what is refused says why", async (t) => {
    const { browse, fleet } = await withPages(t, {
      groups: [
        { name: "north", count: 6 },
        { name: "south", count: 2 },
      ],
    });
    await until(() => fleet.figures.counts().reached === 8 && fleet.moment().open === 0);
    const formToken = tokenOf((await browse("/operations")).text);
    const operate = (form: Readonly<Record<string, string>>) =>
      browse("/operations", { form: { formToken, share: "100", over: "0", group: "", phones: "", ...form } });
    const paused = await operate({ operation: "pause", group: "north" });
    assert.deepEqual([paused.status, paused.headers.location, fleet.pauses.size], [303, "/operations?done=pause+6", 6]);
    assert.match((await browse("/operations?done=pause+6")).text, /role="status">6 phones paused\.</);
    await operate({ operation: "resume", group: "*" });
    assert.equal(fleet.pauses.size, 0);
    assert.equal((await operate({ operation: "remove", phones: "south-000008 0C1105000001" })).status, 303);
    assert.equal(fleet.size, 6);
    assert.equal((await browse("/phones/south-000008/status")).status, 404);
    for (const [form, reason] of [
      [{ operation: "remove" }, /choose a group, or name phones/],
      [{ operation: "remove", group: "north", phones: "north-000002" }, /choose a group, or name phones/],
      [{ operation: "remove", phones: "north-000002 &lt;b&gt;" }, /no phone with the name or serial number &amp;lt;b/],
      [{ operation: "remove", group: "north", share: "0" }, /the share must be a whole number/],
      [{ operation: "explode", group: "north" }, /there is no such operation/],
      [{ operation: "reboot", group: "nobody" }, /the fleet has no group nobody/],
    ] as const) {
      const refused = await operate(form);
      assert.equal(refused.status, 422, JSON.stringify(form));
      assert.match(refused.text, reason);
      const typed = { group: "", phones: "", share: "100", over: "0", ...form };
      const { formToken: _, ...kept } = formOf(refused.text).values;
      assert.deepEqual(kept, typed, "what was typed is still there");
    }
    assert.equal(fleet.size, 6);
    const added = await browse("/add", { form: { formToken, "more-group": "south", count: "2" } });
    assert.deepEqual([added.status, fleet.size], [303, 8]);
    await browse("/scenarios/1", { form: { formToken, rate: "0.5" } });
    assert.equal(fleet.scenarios?.all[0]?.rate, 0.5);
    assert.equal((await browse("/scenarios/1", { form: { formToken, rate: "much" } })).status, 400);
    assert.equal((await browse("/scenarios/2", { form: { formToken, rate: "1" } })).status, 404);
    const inform = await browse("/phones/north-000003/actions/inform", { form: { formToken, event: "2 PERIODIC" } });
    assert.deepEqual([inform.status, inform.headers.location], [303, "/phones/north-000003/actions?done=inform"]);
    await until(() => fleet.figures.groups.get("north")?.tallies.events.of("2 PERIODIC") === 1);
  });

  test("let nobody in without the log-in, under another name, from another site, or beyond a phone", async (t) => {
    const { browse, fleet } = await withPages(t, { groups: [{ count: 2 }], misbehaviour: [] });
    await until(() => fleet.figures.counts().reached === 2);
    const formToken = tokenOf((await browse("/operations")).text);
    const form = { formToken, operation: "remove", group: "*", phones: "", share: "100", over: "0" };
    const phone = "/phones/phones-000001";
    for (const path of ["/fleet", "/phones", "/operations", "/api/fleet", `${phone}/status`, `${phone}/api/status`]) {
      assert.equal((await browse(path, { login: null })).status, 401, path);
      assert.equal((await browse(path, { headers: { Host: "rebound.example" } })).status, 421, path);
      const { headers } = await browse(path);
      assert.match(String(headers["content-security-policy"]), /default-src 'none'.*frame-ancestors 'none'/);
      assert.equal(headers["cache-control"], "no-store");
    }
    const posts: readonly (readonly [string, Browse, number])[] = [
      ["/operations", { form: { ...form, formToken: "0" } }, 403],
      ["/operations", { form, headers: { Origin: "http://evil.example" } }, 403],
      ["/operations", { form, headers: { "Sec-Fetch-Site": "cross-site" } }, 403],
      ["/operations", { form, login: null }, 401],
      [`${phone}/actions/reboot`, { form: { formToken: "0" } }, 403],
      [`${phone}/actions/inform`, { form, headers: { Origin: "http://evil.example" } }, 403],
      [`${phone}/actions/autop`, { form }, 415],
      [`${phone}/api/reboot`, { form: {} }, 415],
      ["/api/remove", { form: {} }, 415],
      ["/add", { form: { count: "1", "more-group": "phones" } }, 403],
      ["/scenarios/1", { form: { rate: "1" } }, 403],
    ];
    for (const [path, options, status] of posts)
      assert.equal((await browse(path, options)).status, status, `${path} ${JSON.stringify(options)}`);
    assert.equal(fleet.size, 2);
    for (const path of [
      "/phones/nobody/status",
      "/phones/..%2f..%2ffleet/status",
      "/phones/%2e%2e/status",
      "/status",
      "/phones?group=none",
      "/phones?state=none",
      "/phones/phones-000001/nothing",
      "/phones/%00/status",
    ])
      assert.equal((await browse(path)).status, 404, path);
    assert.match((await browse("/nothing")).text, /<a href="\/operations">Operations<\/a>/, "its own navigation");
  });
});
