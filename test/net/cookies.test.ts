import assert from "node:assert/strict";
import { test } from "node:test";
import { createCookieJar } from "../../src/net/cookies.ts";
import { createFakeTime } from "../helpers/fake-time.ts";

const ACS = new URL("https://acs.example/a/b");

function jarWith(...lines: string[]) {
  const time = createFakeTime();
  const jar = createCookieJar(time.clock);
  jar.store(lines, ACS);
  const header = (url: string) => jar.header(new URL(url));
  return { time, jar, header };
}

test("C-013 all cookies come back in every request, also of more than 512 bytes", () => {
  const long = "x".repeat(2000);
  const { header } = jarWith("a=1; HttpOnly", `b=${long}; SameSite=Lax`, 'c="q=1"', "d=");
  assert.equal(header("https://acs.example/other"), `a=1; b=${long}; c="q=1"; d=`);
});

test("C-014 a cookie with a Path goes there and below only, the longest path first", () => {
  const { header } = jarWith("root=1; Path=/", "a=2; Path=/a", "ab=3; path=/a/b/", "none=4; Path=elsewhere");
  assert.equal(header("https://acs.example/a/b/c"), "ab=3; a=2; root=1; none=4");
  assert.equal(header("https://acs.example/a/b"), "a=2; root=1; none=4");
  assert.equal(header("https://acs.example/ab"), "root=1; none=4");
});

test("C-014 a cookie ends with its Max-Age, which goes before Expires", async () => {
  const { header, time } = jarWith("a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "b=2");
  assert.equal(header(ACS.href), "a=1; b=2");
  await time.advance(60_000);
  assert.equal(header(ACS.href), "b=2");
});

test("C-014 a cookie ends with its Expires; one that is no date counts for nothing", async () => {
  const { header, time } = jarWith("a=1; Expires=Wed, 01 May 2024 12:00:10 GMT", "b=2; Expires=tomorrow");
  assert.equal(header(ACS.href), "a=1; b=2");
  await time.advance(10_000);
  assert.equal(header(ACS.href), "b=2");
});

test("C-014 an Expires that JavaScript would read otherwise is read as the RFC says", async () => {
  const { header, time } = jarWith(
    "a=1; Expires=Wed, 01-May-24 12:00:10 GMT",
    "b=2; Expires=Wed, 01 May 2069 12:00:10",
  );
  await time.advance(10_000);
  assert.equal(header(ACS.href), "b=2");
});

for (const attributes of ["Max-Age=0", "Max-Age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"]) {
  test(`C-014 ${attributes} takes a cookie away`, () => {
    const { header, jar } = jarWith("a=1", "b=2");
    jar.store([`a=; ${attributes}`], ACS);
    assert.equal(header(ACS.href), "b=2");
  });
}

test("a cookie of the same name and path is replaced, of another path it is not", () => {
  const { header, jar } = jarWith("a=1", "a=2; Path=/a");
  jar.store(["a=3"], ACS);
  assert.equal(header(ACS.href), "a=2; a=3");
});

test("C-019 the domain is never checked", () => {
  const { header } = jarWith("a=1; Domain=elsewhere.example");
  assert.equal(header("https://10.0.0.1/x"), "a=1");
});

test("a Secure cookie of an https ACS does not go out over http", () => {
  const { header, jar } = jarWith("a=1; Secure");
  jar.store(["b=2; Secure"], new URL("http://acs.example/"));
  assert.equal(header("https://acs.example/"), "a=1; b=2");
  assert.equal(header("http://acs.example/"), "b=2");
});

test("what is no cookie is ignored", () => {
  const { header } = jarWith("", "nameless", "=x", "bad\u0001=1", "Path=/");
  assert.equal(header(ACS.href), "Path=/");
});

test("C-283 the jar holds 100 cookies and 64 KiB, and the oldest fall out", () => {
  const many = jarWith(...Array.from({ length: 150 }, (_, index) => `c${index}=1`));
  const kept = many.header(ACS.href)?.split("; ") ?? [];
  assert.equal(kept.length, 100);
  assert.equal(kept[0], "c50=1");
  const large = jarWith(...Array.from({ length: 30 }, (_, index) => `c${index}=${"x".repeat(4000)}`));
  const size = large.header(ACS.href)?.length ?? 0;
  assert.ok(size > 60_000 && size < 66_000);
  assert.match(large.header(ACS.href) ?? "", /c29=/);
});
