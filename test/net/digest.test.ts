import assert from "node:assert/strict";
import { test } from "node:test";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { createAuthenticator } from "../../src/net/digest.ts";
import { digestAlgorithm, digestResponse, parseAuthHeader } from "../../src/system/http-digest.ts";
import { seededRandom } from "../helpers/seeded-random.ts";
import { agentError } from "../helpers/transport.ts";

function authenticator(username = "phone", password = "s3cret") {
  return createAuthenticator({
    username,
    password,
    random: seededRandom(),
    peer: "the ACS acs:80",
    beforeBasic: () => {},
  });
}

/** The parameters of the answer to one challenge, for /acs on connection 1. */
function answer(challenge: string, username?: string): Readonly<Record<string, string>> {
  const client = authenticator(username);
  client.challenged([challenge]);
  const header = client.authorization("/acs", 1) ?? "";
  assert.match(header, /^Digest /);
  return Object.fromEntries(parseAuthHeader(header)?.params ?? []);
}

for (const name of ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "md5"]) {
  test(`C-022 a ${name} challenge is answered rightly, its realm with quotes and all`, () => {
    const params = answer(`Digest realm="a \\"b\\" \\\\ c", nonce="n", qop="auth", algorithm=${name}`);
    const { cnonce = "", nc = "", realm = "", uri = "", qop } = params;
    assert.deepEqual([realm, uri, qop, nc, params.algorithm], ['a "b" \\ c', "/acs", "auth", "00000001", name]);
    const algorithm = digestAlgorithm(name) ?? "MD5";
    assert.equal(
      params.response,
      digestResponse({
        algorithm,
        username: "phone",
        realm,
        password: "s3cret",
        nonce: "n",
        nc,
        cnonce,
        qop: "auth",
        method: "POST",
        uri,
      }),
    );
  });
}

test("C-022 auth is picked out of auth,auth-int and written without quotes", () => {
  const client = authenticator();
  client.challenged(['Digest realm="r", nonce="n", qop="auth-int, auth"']);
  assert.match(client.authorization("/", 1) ?? "", /qop=auth, nc=00000001$/);
});

test("a challenge without qop is answered as RFC 2069 has it", () => {
  const params = answer('Digest realm="r", nonce="n", opaque="o"');
  assert.deepEqual(Object.keys(params), ["username", "realm", "nonce", "uri", "response", "opaque"]);
});

test("SHA-256 goes before MD5 and Digest before Basic, in one header line or in several", () => {
  const lines = [
    'Basic realm="b", Digest realm="d", nonce="1", algorithm=MD5',
    'Digest realm="d", nonce="2", algorithm=SHA-256, Digest realm="d", nonce="3", algorithm=SHA-512-256',
  ];
  const client = authenticator();
  client.challenged(lines);
  assert.match(client.authorization("/", 1) ?? "", /nonce="2"/);
});

test("C-023 nc counts per nonce and the cnonce changes with the connection", () => {
  const client = authenticator();
  const read = (connection: number) => {
    const params = parseAuthHeader(client.authorization("/", connection) ?? "")?.params;
    return [params?.get("nc"), params?.get("cnonce")];
  };
  client.challenged(['Digest realm="r", nonce="n", qop="auth"']);
  const [one, two, three] = [read(1), read(1), read(2)];
  assert.deepEqual([one[0], two[0], three[0]], ["00000001", "00000002", "00000003"]);
  assert.equal(one[1], two[1]);
  assert.notEqual(two[1], three[1]);
  client.accepted();
  client.challenged(['Digest realm="r", nonce="n", qop="auth"']);
  assert.equal(read(2)[0], "00000004");
  client.accepted();
  client.challenged(['Digest realm="r", nonce="m", qop="auth"']);
  assert.equal(read(2)[0], "00000001");
});

test("C-025 nothing is sent before a challenge", () => {
  assert.equal(authenticator().authorization("/", 1), null);
});

test("names other than ASCII travel as UTF-8, and no control character gets into the header", () => {
  const client = authenticator("Bürö\r\nX: y");
  client.challenged(['Digest realm="r", nonce="n", qop="auth"']);
  const header = client.authorization("/", 1) ?? "";
  assert.match(Buffer.from(header, "latin1").toString("utf8"), /username="BüröX: y"/);
  client.accepted();
  client.challenged(['Basic realm="r", charset="UTF-8"']);
});

test("Basic carries UTF-8, and refuses a user name with a colon", () => {
  const client = authenticator("Bürö");
  client.challenged(["Basic realm=r"]);
  assert.equal(client.authorization("/", 1), `Basic ${Buffer.from("Bürö:s3cret").toString("base64")}`);
  const colon = authenticator("a:b");
  colon.challenged(["Basic realm=r"]);
  assert.throws(() => colon.authorization("/", 1), agentError("ACS_AUTHENTICATION", /colon/));
});

for (const [what, lines, message] of [
  ["no challenge at all", [], /no authentication scheme/],
  ["a scheme we do not have", ["NTLM"], /ntlm/],
  ["auth-int alone", ['Digest realm="r", nonce="n", qop="auth-int"'], /digest/],
  ["a digest without a nonce", ['Digest realm="r"'], /digest/],
] as const) {
  test(`a 401 with ${what} is an authentication error with its status`, () => {
    assert.throws(
      () => authenticator().challenged(lines),
      (error) => isAgentError(error, "ACS_AUTHENTICATION") && message.test(error.message) && error.status === 401,
    );
  });
}

test("a 401 while no user name is set says which parameters to set", () => {
  assert.throws(
    () => authenticator("", "").challenged(["Basic realm=r"]),
    agentError("ACS_AUTHENTICATION", /none are set: ManagementServer\.Username and Password/),
  );
});

test("a 401 without a challenge after an answer is a refusal of the user name and password", () => {
  for (const challenge of ['Digest realm="r", nonce="n", qop="auth"', "Basic realm=r"]) {
    const client = authenticator();
    client.challenged([challenge]);
    assert.throws(() => client.challenged([]), agentError("ACS_AUTHENTICATION", /does not accept the user name/));
  }
});
