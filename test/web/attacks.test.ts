import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createTestCa } from "../helpers/certificates.ts";
import {
  createWebUnderTest,
  formOf,
  HOST,
  ORIGIN,
  type WebAnswer,
  type WebUnderTest,
} from "../helpers/web-under-test.ts";

const PAGE = "/settings/tr069";
const FORM = { "content-type": "application/x-www-form-urlencoded" } as const;
const KEY = "Config.TR069.ManagementServer.Username";
const EDIT = "/parameters/edit?path=Device.ManagementServer.Username";

const stored = async (web: WebUnderTest): Promise<string | undefined> =>
  (await web.parts.local.readSettings([KEY])).get(KEY);

async function token(web: WebUnderTest): Promise<string> {
  return formOf((await web.request(PAGE)).text).values.formToken ?? assert.fail("no token");
}

/** A change that a browser would send along with the log-in that it has cached. */
async function post(
  web: WebUnderTest,
  headers: Readonly<Record<string, string>>,
  formToken?: string,
): Promise<WebAnswer> {
  const fields = { acsUsername: "evil", value: "evil", ...(formToken === undefined ? {} : { formToken }) };
  const body = new URLSearchParams(fields).toString();
  const answers = [PAGE, EDIT].map((path) => web.request(path, { method: "POST", headers, body }));
  const [first = assert.fail(), second = assert.fail()] = await Promise.all(answers);
  assert.equal(second.status, first.status);
  return first;
}

describe("another site", () => {
  test("a post without the token of our form, or with a wrong one, changes nothing", async () => {
    const web = await createWebUnderTest();
    const own = { ...FORM, origin: ORIGIN, "sec-fetch-site": "same-origin" };
    const good = await token(web);
    for (const wrong of [undefined, "", "x", good.slice(1), `${good}0`, good.toUpperCase().replace(/[A-F]/, "g")]) {
      const { status, text } = await post(web, own, wrong);
      assert.equal(status, 403);
      assert.match(text, /out of date/);
    }
    assert.equal(await stored(web), "phone");
    assert.equal((await post(web, own, good)).status, 303, "with it the same post is served");
    assert.equal(await stored(web), "evil");
  });

  test("a token of another process counts for nothing", async () => {
    const [web, other] = [
      await createWebUnderTest(),
      await createWebUnderTest({ parts: { random: { between: () => 0, bytes: (n) => new Uint8Array(n) } } }),
    ];
    assert.equal((await post(web, { ...FORM, origin: ORIGIN }, await token(other))).status, 403);
  });

  for (const headers of [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: `https://${HOST}` },
    { origin: "http://127.0.0.1:8081" },
    { origin: `http://${HOST}.evil.example` },
    { origin: "" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "cross-site", origin: ORIGIN },
    { "sec-fetch-site": "same-origin", origin: "http://evil.example" },
  ]) {
    test(`a post with ${JSON.stringify(headers)} is refused, token or not`, async () => {
      const web = await createWebUnderTest();
      const { status } = await post(web, { ...FORM, ...headers }, await token(web));
      assert.equal(status, 403);
      assert.equal(await stored(web), "phone");
    });
  }

  for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/json", ""]) {
    test(`a post of content type ${JSON.stringify(type)} is refused`, async () => {
      const web = await createWebUnderTest();
      const { status } = await post(web, { origin: ORIGIN, "content-type": type }, await token(web));
      assert.equal(status, 415);
      assert.equal(await stored(web), "phone");
    });
  }

  test("a client that sends neither Origin nor fetch metadata still needs the token", async () => {
    const web = await createWebUnderTest();
    assert.equal((await post(web, FORM)).status, 403);
    assert.equal((await post(web, FORM, await token(web))).status, 303);
  });

  for (const host of [
    "evil.example",
    "evil.example:8080",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "",
    "a@127.0.0.1",
    "127.0.0.1, evil.example",
    "[::1].evil.example",
    "127.0.0.1:port",
    "2130706433",
  ]) {
    test(`a request for the host ${JSON.stringify(host)} is refused before the log-in (DNS rebinding)`, async () => {
      const web = await createWebUnderTest();
      const { status, headers, text } = await web.request(PAGE, { headers: { host } });
      assert.equal(status, 421);
      assert.equal(headers.get("www-authenticate"), null);
      assert.doesNotMatch(text, /acs\.example|formToken/);
    });
  }

  test("addresses, localhost and names of the certificate are ours", async () => {
    const { cert, key } = await (await createTestCa()).issue(["phone.example", "127.0.0.1"]);
    const web = await createWebUnderTest();
    const secure = await createWebUnderTest({ parts: { tls: { certificate: cert, key } } });
    const status = async (to: WebUnderTest, host: string) =>
      (await to.request("/parameters", { headers: { host } })).status;
    for (const host of ["127.0.0.1", "localhost:9000", "LOCALHOST", "[::1]:8080", "192.0.2.7:1"])
      assert.equal(await status(web, host), 200);
    assert.equal(await status(web, "phone.example"), 421);
    assert.equal(await status(secure, "phone.example:8443"), 200);
    assert.equal(await status(secure, "PHONE.example."), 200);
    assert.equal(await status(secure, "evil.example"), 421);
  });

  test("the API takes nothing that a form of another site can send", async () => {
    const { Hono } = await import("hono");
    const api = new Hono();
    api.post("/inform", (c) => c.json({ done: true }));
    const web = await createWebUnderTest({ parts: { api } });
    const send = async (headers: Readonly<Record<string, string>>) =>
      (await web.request("/api/inform", { method: "POST", headers, body: "{}" })).status;
    assert.equal(await send({ "content-type": "application/json" }), 200);
    assert.equal(await send({ "content-type": "application/json", origin: "http://evil.example" }), 403);
    assert.equal(await send({ "content-type": "text/plain" }), 415);
    assert.equal(await send(FORM), 415);
    assert.equal((await web.request("/api/inform", { method: "POST" })).status, 415);
    assert.equal(
      (
        await web.request("/api/inform", {
          method: "POST",
          login: null,
          headers: { "content-type": "application/json" },
        })
      ).status,
      401,
    );
  });
});

describe("every answer", () => {
  test("forbids scripts of others, frames, sniffing and caching", async () => {
    const { cert, key } = await (await createTestCa()).issue(["127.0.0.1"]);
    const web = await createWebUnderTest();
    const secure = await createWebUnderTest({ parts: { tls: { certificate: cert, key } } });
    const answers = [
      ...(await Promise.all(
        ["/", PAGE, "/parameters", EDIT, "/nowhere", "/assets/style.css", "/assets/icon.svg"].map((path) =>
          web.request(path),
        ),
      )),
      await web.request(PAGE, { login: null }),
      await web.request(PAGE, { headers: { host: "evil.example" } }),
      await web.request(PAGE, { method: "POST" }),
      await web.submit(PAGE, { interval: "x" }),
      await web.submit(PAGE, { interval: "60" }),
    ];
    for (const { headers } of answers) {
      assert.equal(
        headers.get("content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      );
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("x-frame-options"), "DENY");
      assert.equal(headers.get("referrer-policy"), "same-origin");
      assert.equal(headers.get("cache-control"), "no-store");
      for (const name of ["opener-policy", "resource-policy"])
        assert.equal(headers.get(`cross-origin-${name}`), "same-origin");
      assert.equal(headers.get("cross-origin-embedder-policy"), "require-corp");
      assert.equal(headers.get("access-control-allow-origin"), null);
      assert.equal(headers.get("strict-transport-security"), null);
    }
    assert.match((await secure.request(PAGE)).headers.get("strict-transport-security") ?? "", /max-age/);
    assert.match((await secure.request(PAGE)).headers.get("set-cookie") ?? "", /Secure/);
  });

  test("holds no line end of a person in its headers", async () => {
    const web = await createWebUnderTest();
    const answer = await web.submit("/parameters/edit?path=Device.ManagementServer.Username", {
      value: "a\r\nX-Evil: 1",
    });
    assert.equal(answer.headers.get("x-evil"), null);
    const odd = await web.request("/parameters/edit?path=Device.%0d%0aX-Evil:%201");
    assert.equal(odd.status, 404);
    assert.equal(odd.headers.get("x-evil"), null);
  });
});

describe("stored markup", () => {
  const EVIL = `"><script>alert('x')</script>&<b>'`;
  const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";

  test("is text wherever it is shown", async () => {
    const web = await createWebUnderTest();
    await web.parts.local.setValues(
      new Map([
        [LABEL, EVIL],
        ["Device.ManagementServer.Username", EVIL],
      ]),
    );
    const pages = [
      PAGE,
      EDIT,
      `/parameters/edit?path=${LABEL}`,
      `/parameters?path=${LABEL.slice(0, -12)}`,
      "/parameters?path=Device.ManagementServer.",
    ];
    for (const page of pages) {
      const { status, text } = await web.request(page);
      assert.equal(status, 200);
      assert.ok(text.includes("&lt;script&gt;alert("), page);
      assert.doesNotMatch(text, /<script|<b>/, page);
    }
    assert.equal(formOf((await web.request(PAGE)).text).values.acsUsername, EVIL, "and comes back as it was");
  });

  test("in a search, a path, or a refused value is text as well", async () => {
    const web = await createWebUnderTest();
    const evil = encodeURIComponent(EVIL);
    for (const { text } of [
      await web.request(`/parameters?q=${evil}`),
      await web.request(`/parameters?path=${evil}.`),
      await web.request(`/parameters/edit?path=${evil}`),
      await web.request(`/${evil}`),
      await web.submit(PAGE, { interval: EVIL }),
    ]) {
      assert.doesNotMatch(text, /<script|<b>/);
    }
  });
});

describe("odd requests", () => {
  for (const path of [
    "/assets/../../package.json",
    "/assets/%2e%2e/%2e%2e/package.json",
    "/assets/..%2f..%2fpackage.json",
    "/assets/style.css/..%5c..",
    "/assets/",
    "/%2e%2e/%2e%2e/etc/passwd",
    "//evil.example/",
    "/parameters/edit/../../x",
    "/constructor",
    "/__proto__",
  ]) {
    test(`${path} is no page`, async () => {
      const web = await createWebUnderTest();
      const { status, text } = await web.request(path);
      assert.equal(status, 404);
      assert.doesNotMatch(text, /root:|akuvox-cpe":/);
    });
  }

  for (const path of [
    "/parameters?q=%",
    "/parameters?q=%zz%",
    "/parameters?page=%00",
    "/parameters?page=-1",
    "/parameters?page=1e9",
    "/parameters?q=%ff%fe",
    `/parameters?q=${"x".repeat(8000)}`,
    "/parameters?q=a&q=b",
    "/parameters?__proto__=1&q=.*(a%2B)%2B%24",
  ]) {
    test(`${path.slice(0, 40)} is answered`, async () => {
      const web = await createWebUnderTest();
      assert.equal((await web.request(path)).status, 200);
    });
  }

  for (const path of [
    "%",
    "%zz",
    "Device",
    "Device..",
    "Device.Nix.",
    "Device.ManagementServer.",
    "",
    "x".repeat(5000),
  ]) {
    test(`there is nothing to edit at ${JSON.stringify(path).slice(0, 40)}`, async () => {
      const web = await createWebUnderTest();
      assert.equal((await web.request(`/parameters/edit?path=${path}`)).status, 404);
    });
  }

  test("malformed percent encodings in a form are text", async () => {
    const web = await createWebUnderTest();
    const body = `formToken=${await token(web)}&acsUsername=%zz%`;
    const { status } = await web.request(PAGE, { method: "POST", headers: { ...FORM, origin: ORIGIN }, body });
    assert.equal(status, 303);
    assert.equal(await stored(web), "%zz%");
  });

  test("a body beyond 64 KiB is refused", async () => {
    const web = await createWebUnderTest();
    const formToken = await token(web);
    const send = (length: number) =>
      web.request(PAGE, {
        method: "POST",
        headers: { ...FORM, origin: ORIGIN },
        body: `formToken=${formToken}&acsUsername=${"x".repeat(length)}`,
      });
    assert.equal((await send(70_000)).status, 413);
    assert.equal((await send(60_000)).status, 422);
    assert.equal(await stored(web), "phone");
  });

  test("other methods are refused with what is served", async () => {
    const web = await createWebUnderTest();
    const json = { "content-type": "application/json" };
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const { status, headers } = await web.request(PAGE, { method, headers: json });
      assert.equal(status, 405, method);
      assert.equal(headers.get("allow"), "GET, HEAD, POST");
      assert.equal((await web.request("/nowhere", { method })).status, 404);
    }
    const own = { method: "POST", headers: { ...FORM, origin: ORIGIN }, body: `formToken=${await token(web)}` };
    assert.equal((await web.request("/parameters", own)).status, 405);
  });

  test("HEAD has the headers of GET and no body", async () => {
    const web = await createWebUnderTest();
    const { status, headers, text } = await web.request(PAGE, { method: "HEAD" });
    assert.equal(status, 200);
    assert.match(headers.get("content-type") ?? "", /text\/html/);
    assert.equal(text, "");
  });

  test("what goes wrong inside is logged, not shown", async () => {
    const web = await createWebUnderTest();
    const local = { ...web.parts.local, readSettings: () => Promise.reject(new Error("disk /secret/path is gone")) };
    const broken = await createWebUnderTest({ parts: { local } });
    const { status, text } = await broken.request(PAGE);
    assert.equal(status, 500);
    assert.doesNotMatch(text, /secret|disk/);
    assert.match(broken.log.text(), /disk \/secret\/path is gone/);
  });
});
