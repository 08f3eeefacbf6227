import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AgentError } from "../../src/cwmp/errors.ts";
import { CERTIFICATE_PROBLEMS } from "../../src/net/certificate-problems.ts";
import { acsName, failureOf, serverName } from "../../src/net/failures.ts";

function coded(code: string, message = ""): Error {
  return Object.assign(new Error(message), { code });
}

for (const [code, expected, message] of [
  ["ECONNREFUSED", "ACS_UNREACHABLE", /acs:80.*listens/],
  ["EAI_AGAIN", "ACS_UNREACHABLE", /DNS/],
  ["ETIMEDOUT", "ACS_TIMEOUT", /acs:80/],
  ["CERT_NOT_YET_VALID", "ACS_TLS", /clock/],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "ACS_TLS", /tls\.cert and tls\.key/],
  ["ERR_SSL_SOMETHING_NEW", "ACS_TLS", /ERR_SSL_SOMETHING_NEW/],
  ["EWHATEVER", "ACS_UNREACHABLE", /EWHATEVER/],
] as const) {
  test(`${code} becomes ${expected}`, () => {
    const failure = failureOf(coded(code), "acs:80");
    assert.equal(failure.code, expected);
    assert.match(failure.message, message);
  });
}

test("a sentence is about who it is said of: of a file server none speaks of the ACS", () => {
  const source = readFileSync(new URL("../../src/net/failures.ts", import.meta.url), "utf8");
  const here = [...source.matchAll(/^ {2}([A-Z_0-9]{4,}): ?/gm)].flatMap(([, code]) => code ?? []);
  const codes = [...here, ...Object.keys(CERTIFICATE_PROBLEMS)];
  assert.ok(codes.length > 25, `${codes.length}`);
  for (const code of [...codes, "ERR_TLS_CERT_ALTNAME_INVALID", "UNSPECIFIED", "ERR_SSL_X", ""]) {
    const { message } = failureOf(coded(code, "too weak"), "files:80");
    assert.match(message, /files:80: /);
    assert.doesNotMatch(message, /ACS/);
    const ofAcs = failureOf(coded(code, "too weak"), acsName(new URL("http://acs/"))).message;
    assert.equal(ofAcs, message.replace("files:80", "the ACS acs:80"));
  }
});

test("of several addresses tried in vain, the first one's error counts", () => {
  const failure = failureOf(new AggregateError([coded("ENETUNREACH"), coded("ECONNREFUSED")]), "acs:80");
  assert.match(failure.message, /network/);
});

test("an AgentError stays as it is", () => {
  const error = new AgentError("ACS_TIMEOUT", "late");
  assert.equal(failureOf(error, "acs:80"), error);
});

test("a server is named by host and port, also the default one", () => {
  assert.equal(serverName(new URL("https://user:pw@acs.example/a?b")), "acs.example:443");
  assert.equal(serverName(new URL("http://[::1]:7547/")), "[::1]:7547");
});
