import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkUdpRequest } from "../../../src/connection-request/udp/check.ts";
import { parseUdpRequest } from "../../../src/connection-request/udp/request.ts";
import type { AcceptedRequests } from "../../../src/ports/udp-connection-requests.ts";
import { udpRequestSignature } from "../../../src/system/udp-request-signature.ts";

const CREDENTIALS = { username: "acs", password: "knock" };
/** HMAC-SHA1 of `1700000000` `4711` `acs` `abc` under `knock`, from another implementation. */
const SIG = "7dd10d6564682a670873bbc9a0ddef8486aaa1d4";
const QUERY = `ts=1700000000&id=4711&un=acs&cn=abc&sig=${SIG}`;
const line = (query: string, end = "\r\n\r\n"): string => `GET http://203.0.113.5:62000?${query} HTTP/1.1${end}`;
const parse = (text: string) => parseUdpRequest(Buffer.from(text, "latin1"));

/** A phone whose clock stands at 1970 unless `nowMs` says otherwise. */
function verdict(
  text: string,
  mark: AcceptedRequests["mark"] = null,
  { credentials = CREDENTIALS, signatures = [] as string[], nowMs = 0 } = {},
): string {
  const request = parse(text) ?? assert.fail("no request");
  const result = checkUdpRequest(request, credentials, { mark, signatures }, nowMs);
  return result.kind === "refused" ? result.reason : result.kind;
}

describe("the datagram", () => {
  test("C-243 C-244 is a request line with ts, id, un, cn and sig, each once, in any order", () => {
    const expected = { ts: "1700000000", id: "4711", un: "acs", cn: "abc", sig: SIG };
    assert.deepEqual(parse(line(QUERY)), expected);
    assert.deepEqual(parse(line(QUERY.split("&").reverse().join("&"))), expected);
    assert.deepEqual(parse(line(QUERY.replace(SIG, SIG.toUpperCase()))), expected);
  });

  test("C-243 what stands before the question mark, header lines and other arguments do not count", () => {
    for (const text of [
      `GET ?${QUERY} HTTP/1.1\r\n\r\n`,
      `GET /anything/at/all?${QUERY} HTTP/1.1\r\nHost: x\r\nUser-Agent: y\r\n\r\n`,
      line(`${QUERY}&new=1&new=2`),
      line(QUERY, "\n\n"),
      line(QUERY, ""),
    ]) {
      assert.equal(parse(text)?.id, "4711", text);
    }
  });

  for (const [what, text] of [
    ["another method", line(QUERY).replace("GET", "POST")],
    ["GET in lower case", line(QUERY).replace("GET", "get")],
    ["another version", line(QUERY).replace("HTTP/1.1", "HTTP/1.0")],
    ["no query", "GET http://203.0.113.5:62000 HTTP/1.1\r\n\r\n"],
    ["ts twice", line(`ts=1700000000&${QUERY}`)],
    ["no cn", line(QUERY.replace("&cn=abc", ""))],
    ["a ts that is not a number", line(QUERY.replace("ts=17", "ts=-17"))],
    ["a ts in hex", line(QUERY.replace("ts=17", "ts=0x17"))],
    ["a ts of 11 digits", line(QUERY.replace("ts=1700000000&id=4711", "ts=17000000004&id=711"))],
    ["an id with letters", line(QUERY.replace("id=4711", "id=47a1"))],
    ["an endless id", line(QUERY.replace("id=4711", `id=${"9".repeat(21)}`))],
    ["a sig of 39 digits", line(QUERY.slice(0, -1))],
    ["a sig that is no hex", line(QUERY.replace(SIG, "g".repeat(40)))],
    ["nothing", ""],
    ["a single G", "G"],
    ["1501 bytes", line(QUERY).padEnd(1501, "x")],
  ] as const) {
    test(`C-243 C-244 C-249 C-283 ${what} is no request`, () => assert.equal(parse(text), null));
  }
});

describe("the check", () => {
  test("C-245 sig is HMAC-SHA1 over ts, id, un and cn without separators", () => {
    assert.equal(udpRequestSignature({ ts: "1700000000", id: "4711", un: "acs", cn: "abc" }, "knock"), SIG);
    assert.equal(verdict(line(QUERY)), "accepted");
    for (const wrong of ["ts=1700000001", "id=4712", "un=acs2", "cn=abd"]) {
      const name = wrong.slice(0, 3);
      assert.equal(verdict(line(QUERY.replace(new RegExp(`${name}\\w+`), wrong))), "wrong credentials", wrong);
    }
    assert.equal(
      verdict(line(QUERY), null, { credentials: { ...CREDENTIALS, password: "Knock" } }),
      "wrong credentials",
    );
  });

  test("C-246 un must be ConnectionRequestUsername, even where the signature is right", () => {
    assert.equal(
      verdict(line(QUERY), null, { credentials: { ...CREDENTIALS, username: "other" } }),
      "wrong credentials",
    );
  });

  test("C-246 ts must be greater than the last accepted one, and id another", () => {
    assert.equal(verdict(line(QUERY), { ts: 1_699_999_999, id: "1" }), "accepted");
    const old = "not newer than the last accepted request";
    assert.equal(verdict(line(QUERY), { ts: 1_700_000_000, id: "1" }), old);
    assert.equal(verdict(line(QUERY), { ts: 1_700_000_001, id: "1" }), old);
    assert.equal(verdict(line(QUERY), { ts: 1_699_999_999, id: "4711" }), old);
  });

  test("C-248 the last accepted request again is a copy, and is not refused", () => {
    assert.equal(verdict(line(QUERY), { ts: 1_700_000_000, id: "4711" }), "copy");
  });

  const signed = (ts: number, id = "1", un = "acs", cn = "", credentials = CREDENTIALS): string => {
    const sig = udpRequestSignature({ ts: String(ts), id, un, cn }, credentials.password);
    return line(`ts=${ts}&id=${id}&un=${un}&cn=${cn}&sig=${sig}`);
  };
  const seconds = (year: number): number => Date.UTC(year, 0) / 1000;

  test("C-246 a wrong clock of the phone stops no request, be it at 1970, a year back or a year ahead", () => {
    for (const phone of [1970, 2025, 2026, 2027]) {
      for (const ts of [0, seconds(2001), seconds(2026), seconds(2040)]) {
        assert.equal(verdict(signed(ts), null, { nowMs: Date.UTC(phone, 0) }), "accepted", `${phone}: ${ts}`);
      }
    }
  });

  test("C-246 a time that is decades ahead of every clock is refused: its mark would shut the ACS out", () => {
    const ahead = "its time is decades ahead";
    for (const phone of [1970, 2026]) {
      for (const ts of [seconds(2100), 9_999_999_999])
        assert.equal(verdict(signed(ts), null, { nowMs: Date.UTC(phone, 0) }), ahead, `${phone}: ${ts}`);
    }
    assert.equal(verdict(signed(seconds(2060)), null, { nowMs: Date.UTC(2045, 0) }), "accepted");
  });

  const repeated = "its signature was accepted before";
  const resplit = (text: string, from: string, to: string): string => {
    const changed = text.replace(from, to);
    assert.notEqual(changed, text);
    return changed;
  };

  test("C-246 an accepted signature is accepted once, wherever ts, id, un and cn are split", () => {
    const early = signed(170_000, "4711");
    const signatures = [parse(early)?.sig ?? ""];
    const mark = { ts: 170_000, id: "4711" };
    assert.equal(verdict(early, mark, { signatures }), "copy");
    for (const split of ["ts=1700004&id=711", "ts=17000&id=04711"])
      assert.equal(verdict(resplit(early, "ts=170000&id=4711", split), mark, { signatures }), repeated, split);
    const digits = { username: "1", password: "knock" };
    const ambiguous = signed(170_000, "47", "1", "1x", digits);
    const moved = resplit(ambiguous, "id=47&un=1&cn=1x", "id=471&un=1&cn=x");
    assert.equal(verdict(moved, null, { credentials: digits }), "accepted");
    const one = { credentials: digits, signatures: [parse(ambiguous)?.sig ?? ""] };
    assert.equal(verdict(moved, { ts: 169_999, id: "5" }, one), repeated);
  });

  test("C-246 an older request than the last one is refused for good, by its signature too once the mark is lower", () => {
    const text = signed(1_800_000_000, "9");
    const signatures = [parse(text)?.sig ?? ""];
    assert.equal(verdict(text, { ts: 1_700_000_000, id: "8" }, { signatures }), repeated);
    assert.equal(
      verdict(
        text.toUpperCase().replaceAll(/(TS|ID|UN|CN|SIG)=|ACS/g, (name) => name.toLowerCase()),
        { ts: 1, id: "8" },
        { signatures },
      ),
      repeated,
    );
  });

  test("C-250 un and cn may be percent-encoded or not, and the signature over either form", () => {
    const credentials = { username: "ACS of Zoë", password: "pässword" };
    const raw = Buffer.from("ACS of Zoë", "utf8").toString("latin1");
    const encoded = "ACS%20of%20Zo%C3%AB";
    const signed = (un: string, cn: string): string => udpRequestSignature({ ts: "5", id: "6", un, cn }, "pässword");
    const says = (un: string, cn: string, sig: string): string =>
      verdict(line(`ts=5&id=6&un=${un}&cn=${cn}&sig=${sig}`), null, { credentials });
    assert.equal(says(raw, "a%b", signed(raw, "a%b")), "accepted");
    assert.equal(says(encoded, "%2f", signed(raw, "/")), "accepted");
    assert.equal(says(encoded, "%2f", signed(encoded, "%2f")), "accepted");
    assert.equal(says(encoded, "%2f", signed(raw, "x")), "wrong credentials");
  });

  test("C-285 while user name or password are empty nobody gets in", () => {
    const sig = udpRequestSignature({ ts: "5", id: "6", un: "", cn: "" }, "");
    const text = line(`ts=5&id=6&un=&cn=&sig=${sig}`);
    const unset = "ConnectionRequestUsername or ConnectionRequestPassword is empty";
    assert.equal(verdict(text, null, { credentials: { username: "", password: "" } }), unset);
    assert.equal(verdict(line(QUERY), null, { credentials: { ...CREDENTIALS, password: "" } }), unset);
  });
});
