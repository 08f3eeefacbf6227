import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { basic, createWebUnderTest, LOGIN, type WebUnderTest } from "../helpers/web-under-test.ts";

const WRONG = { username: LOGIN.username, password: "guess" };
const PATHS = [
  "/",
  "/settings/tr069",
  "/parameters",
  "/assets/style.css",
  "/assets/icon.svg",
  "/api/status",
  "/nowhere",
  "/%2e%2e/etc",
];

/** The mark of a browser that has logged in. */
async function browser(web: WebUnderTest): Promise<Readonly<Record<string, string>>> {
  const cookie = (await web.request("/parameters")).headers.get("set-cookie") ?? assert.fail("no cookie");
  assert.match(cookie, /; Path=\/; HttpOnly; SameSite=Strict$/);
  return { cookie: cookie.split(";")[0] ?? "" };
}

const fail = (web: WebUnderTest, count: number, from: string, headers = {}) =>
  Promise.all(Array.from({ length: count }, () => web.request("/parameters", { login: WRONG, from, headers })));

describe("the log-in", () => {
  test("every path asks for it, and says nothing else", async () => {
    const web = await createWebUnderTest();
    for (const path of PATHS) {
      for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]) {
        const { status, headers, text } = await web.request(path, { method, login: null });
        assert.equal(status, 401, `${method} ${path}`);
        assert.equal(headers.get("www-authenticate"), 'Basic realm="akuvox-cpe", charset="UTF-8"');
        assert.doesNotMatch(text, /acs\.example|formToken|sesame/);
        assert.equal(headers.get("set-cookie"), null);
      }
    }
  });

  test("takes the user name and the password as they are, and nothing near them", async () => {
    const web = await createWebUnderTest();
    const status = async (authorization: string): Promise<number> =>
      (await web.request("/parameters", { login: null, headers: { authorization }, from: authorization })).status;
    assert.equal(await status(basic("admin", "open-sesame")), 200);
    assert.equal(await status(basic("admin", "open-sesame").replace("Basic", "bASIC")), 200);
    for (const wrong of [
      basic("admin", "open-sesam"),
      basic("admin", "open-sesame "),
      basic("Admin", "open-sesame"),
      basic("", "open-sesame"),
      basic("admin", ""),
      "Basic",
      "Basic !!!!",
      "Basic YWRtaW4=",
      `Bearer ${basic("admin", "open-sesame").slice(6)}`,
      'Digest username="admin", response="open-sesame"',
      "x".repeat(8000),
    ]) {
      assert.equal(await status(wrong), 401, wrong);
    }
  });

  test("passwords beyond ASCII work", async () => {
    const login = { username: "jürgen", password: "pä:ß wörd €" };
    const web = await createWebUnderTest({ parts: { login } });
    assert.equal((await web.request("/parameters", { login })).status, 200);
  });

  test("without a password nobody gets in", async () => {
    const login = { username: "admin", password: "" };
    const web = await createWebUnderTest({ parts: { login } });
    assert.equal((await web.request("/parameters", { login })).status, 401);
  });

  test("guessing gets slower and slower, for the right password too", async () => {
    const web = await createWebUnderTest();
    const from = "192.0.2.9";
    assert.deepEqual(
      (await fail(web, 5, from)).map(({ status }) => status),
      [401, 401, 401, 401, 401],
    );
    let waitedSeconds = 0;
    for (let round = 0; round < 12; round++) {
      const blocked = await web.request("/parameters", { from });
      assert.equal(blocked.status, 429);
      const seconds = Number(blocked.headers.get("retry-after"));
      assert.equal(seconds, Math.min(300, 2 ** round));
      assert.ok(blocked.text.includes(`Wait ${seconds} s`));
      await web.time.advance(seconds * 1000 - 1);
      assert.equal(
        (await web.request("/parameters", { from, login: WRONG })).status,
        429,
        "does not count, is not looked at",
      );
      await web.time.advance(1);
      assert.equal((await web.request("/parameters", { from, login: WRONG })).status, 401);
      waitedSeconds += seconds;
    }
    assert.ok(waitedSeconds > 1000);
    await web.time.advance(300_000);
    assert.equal((await web.request("/parameters", { from })).status, 200);
  });

  test("a success wipes no failure out, an hour of peace does", async () => {
    const web = await createWebUnderTest();
    const from = "192.0.2.9";
    await fail(web, 4, from);
    assert.equal((await web.request("/parameters", { from })).status, 200);
    await fail(web, 1, from);
    assert.equal((await web.request("/parameters", { from })).status, 429);
    await web.time.advance(3_600_000);
    assert.deepEqual(
      (await fail(web, 4, from)).map(({ status }) => status),
      [401, 401, 401, 401],
    );
    assert.equal((await web.request("/parameters", { from })).status, 200);
  });

  test("failures at one address make nobody else wait; those of one IPv6 network count together", async () => {
    const web = await createWebUnderTest();
    await fail(web, 5, "::ffff:192.0.2.9");
    assert.equal((await web.request("/parameters", { from: "192.0.2.9" })).status, 429);
    assert.equal((await web.request("/parameters", { from: "192.0.2.8" })).status, 200);
    for (let host = 0; host < 5; host++) await fail(web, 1, `2001:db8:1:2::${host}`);
    assert.equal((await web.request("/parameters", { from: "2001:db8:1:2:ffff::1" })).status, 429);
    assert.equal((await web.request("/parameters", { from: "2001:db8:1:3::1" })).status, 200);
  });

  test("a browser that has logged in does not wait for others at its address", async () => {
    const web = await createWebUnderTest();
    const headers = await browser(web);
    await fail(web, 50, "127.0.0.1");
    assert.equal((await web.request("/parameters")).status, 429);
    assert.equal((await web.request("/parameters", { headers })).status, 200);
    assert.equal((await web.request("/parameters", { headers, login: WRONG })).status, 401, "its mark opens nothing");
    assert.equal((await web.request("/parameters", { headers, login: null })).status, 401);
    await fail(web, 10, "127.0.0.1", headers);
    assert.equal((await web.request("/parameters", { headers })).status, 429, "its own failures count");
  });

  test("a mark that this process has not made counts for nothing", async () => {
    const web = await createWebUnderTest();
    const { cookie = "" } = await browser(web);
    await fail(web, 5, "127.0.0.1");
    for (const forged of [
      `${cookie}0`,
      cookie.replace(/=./, "=x"),
      "akuvox-browser=",
      "akuvox-browser=.",
      "akuvox-browser=%zz",
    ]) {
      assert.equal((await web.request("/parameters", { headers: { cookie: forged } })).status, 429, forged);
    }
  });

  test("a flood from many addresses makes new ones wait a little, and nobody who has logged in", async () => {
    const web = await createWebUnderTest();
    assert.equal((await web.request("/parameters", { from: "192.0.2.1" })).status, 200);
    for (let at = 0; at < 50; at++) await fail(web, 1, `10.0.0.${at}`);
    const waiting = await web.request("/parameters", { from: "192.0.2.2" });
    assert.deepEqual([waiting.status, waiting.headers.get("retry-after")], [429, "10"]);
    assert.equal((await web.request("/parameters", { from: "192.0.2.1" })).status, 200);
    await web.time.advance(10_000);
    assert.equal((await web.request("/parameters", { from: "192.0.2.2" })).status, 200);
  });

  test("the whole of 127.0.0.0/8 is one source", async () => {
    const web = await createWebUnderTest();
    for (let at = 1; at <= 5; at++) await fail(web, 1, `127.0.0.${at}`);
    assert.equal((await web.request("/parameters", { from: "127.9.9.9" })).status, 429);
  });

  test("a refused log-in is logged without what was given", async () => {
    const web = await createWebUnderTest();
    await fail(web, 1, "192.0.2.9");
    assert.match(web.log.text(), /log-in at the web page was refused/);
    assert.match(web.log.text(), /192\.0\.2\.9/);
    assert.doesNotMatch(web.log.text(), /guess|sesame/);
  });
});
