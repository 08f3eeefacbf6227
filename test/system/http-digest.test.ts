import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  constantTimeEqual,
  digestAlgorithm,
  digestResponse,
  formatAuthHeader,
  parseAuthHeader,
  parseAuthHeaders,
} from "../../src/system/http-digest.ts";

const RFC7616 = {
  username: "Mufasa",
  realm: "http-auth@example.org",
  password: "Circle of Life",
  nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
  nc: "00000001",
  cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
  qop: "auth",
  method: "GET",
  uri: "/dir/index.html",
} as const;

test("C-022 the answers of RFC 7616 3.9.1 come out, with MD5 and with SHA-256", () => {
  assert.equal(digestResponse({ ...RFC7616, algorithm: "MD5" }), "8ca523f5e9506fed4657c9700eebdbec");
  assert.equal(
    digestResponse({ ...RFC7616, algorithm: "SHA-256" }),
    "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
  );
});

test("C-022 the answer of RFC 2069, with its later correction, comes out without qop", () => {
  const answer = digestResponse({
    algorithm: "MD5",
    username: "Mufasa",
    realm: "testrealm@host.com",
    password: "CircleOfLife",
    nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
    nc: "",
    cnonce: "",
    qop: null,
    method: "GET",
    uri: "/dir/index.html",
  });
  assert.equal(answer, "1949323746fe6a43ef61f9606e7febea");
});

test("C-022 a -sess algorithm takes nonce and cnonce into the key", () => {
  const plain = digestResponse({ ...RFC7616, algorithm: "MD5" });
  const session = digestResponse({ ...RFC7616, algorithm: "MD5-sess" });
  assert.notEqual(plain, session);
  // From an independent computation with md5sum.
  assert.equal(session, "e783283f46242139c486a698fec7211d");
});

test("algorithm names are known in any case, MD5 when none is given, and others are not", () => {
  assert.equal(digestAlgorithm(undefined), "MD5");
  assert.equal(digestAlgorithm("sha-256-SESS"), "SHA-256-sess");
  assert.equal(digestAlgorithm("SHA-512-256"), null);
});

test("several challenges in one line are told apart, with commas and quotes inside quotes", () => {
  const parsed = parseAuthHeaders(
    'DIGEST Realm="a, \\"b\\", Basic x=1",nonce = abc==, QOP="auth,auth-int" , Basic realm="x", NTLM, Negotiate YWJj==',
  );
  assert.deepEqual(
    parsed.map(({ scheme, token68, params }) => [scheme, token68, Object.fromEntries(params)]),
    [
      ["digest", "", { realm: 'a, "b", Basic x=1', nonce: "abc==", qop: "auth,auth-int" }],
      ["basic", "", { realm: "x" }],
      ["ntlm", "", {}],
      ["negotiate", "YWJj==", {}],
    ],
  );
});

test("an unquoted qop list is understood, and the first of two equal parameters counts", () => {
  const parsed = parseAuthHeaders("Digest qop=auth,auth-int,nonce=1, nonce=2");
  assert.deepEqual(Object.fromEntries(parsed[0]?.params ?? []), { qop: "auth,auth-int", nonce: "1" });
  assert.equal(parsed.length, 1);
});

test("Basic credentials and nothing at all are parsed", () => {
  assert.equal(parseAuthHeader("Basic dXNlcjpwYXNz")?.token68, "dXNlcjpwYXNz");
  for (const text of ["", " , ", '="', '"']) assert.equal(parseAuthHeader(text), null);
});

test("what is written is read back the same, whatever the values", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (value) => {
      const read = parseAuthHeader(formatAuthHeader("Digest", { realm: value, nonce: "n" }, { nc: "00000001" }));
      assert.deepEqual(Object.fromEntries(read?.params ?? []), { realm: value, nonce: "n", nc: "00000001" });
    }),
    { numRuns: 300 },
  );
});

test("any text is parsed without an error", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'a,="\\ \tDigest') }), (text) => {
      parseAuthHeaders(text);
    }),
    { numRuns: 500 },
  );
});

test("C-285 texts are compared as a whole, also when their lengths differ", () => {
  assert.equal(constantTimeEqual("abc", "abc"), true);
  assert.equal(constantTimeEqual("abc", "abd"), false);
  assert.equal(constantTimeEqual("abc", "abcd"), false);
  assert.equal(constantTimeEqual("", ""), true);
});
