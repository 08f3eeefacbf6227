import assert from "node:assert/strict";
import test from "node:test";
import { readSntpAnswer, sntpRequest } from "../../../src/agent/ntp/sntp-message.ts";
import { sntpReply } from "../../helpers/sntp-reply.ts";

const COOKIE = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const NOW = Date.UTC(2026, 5, 1, 12, 0, 0, 250);

test("a request is 48 bytes in client mode of version 4, with a random mark in place of the time", () => {
  const request = Buffer.from(sntpRequest(COOKIE));
  assert.equal(request.toString("hex"), `23${"00".repeat(39)}0102030405060708`);
});

test("an answer tells when the request came and when the answer left, to the millisecond", () => {
  const answer = readSntpAnswer(sntpReply(COOKIE, { receivedAt: NOW, sentAt: NOW + 125, stratum: 3 }), COOKIE);
  assert.ok(answer.kind === "time");
  assert.deepEqual([Math.round(answer.receivedAt), Math.round(answer.sentAt), answer.stratum], [NOW, NOW + 125, 3]);
});

for (const [what, seconds, date] of [
  ["the last second of era 0", 0xffffffff, "2036-02-07T06:28:15.000Z"],
  ["the second after it", 1, "2036-02-07T06:28:17.000Z"],
  ["2100", 2_016_466_304, "2100-01-01T00:00:00.000Z"],
  ["1970", 2_208_988_800, "1970-01-01T00:00:00.000Z"],
] as const) {
  test(`eras: ${what} is ${date}, without asking the phone's own clock`, () => {
    const bytes = Buffer.from(sntpReply(COOKIE, { receivedAt: NOW, sentAt: NOW }));
    for (const at of [32, 40]) bytes.writeUInt32BE(seconds, at);
    for (const at of [36, 44]) bytes.writeUInt32BE(0, at);
    const answer = readSntpAnswer(bytes, COOKIE);
    assert.equal(answer.kind === "time" && new Date(answer.sentAt).toISOString(), date);
  });
}

const time = { receivedAt: NOW, sentAt: NOW };
for (const [what, bytes, expected] of [
  ["a short datagram", sntpReply(COOKIE, time).subarray(0, 47), { kind: "foreign" }],
  ["an empty one", Uint8Array.of(), { kind: "foreign" }],
  ["another origin timestamp", sntpReply(new Uint8Array(8), time), { kind: "foreign" }],
  ["a kiss with another origin", sntpReply(new Uint8Array(8), { ...time, kiss: "DENY" }), { kind: "foreign" }],
  ["a kiss", sntpReply(COOKIE, { ...time, kiss: "RATE", leap: 3 }), { kind: "kiss", code: "RATE" }],
  ["a kiss in no letters", sntpReply(COOKIE, { ...time, kiss: "\u001b[2J" }), { kind: "kiss", code: "unknown code" }],
  ["a leap alarm", sntpReply(COOKIE, { ...time, leap: 3 }), /not synchronized/],
  ["stratum 16", sntpReply(COOKIE, { ...time, stratum: 16 }), /not synchronized/],
  ["version 2", sntpReply(COOKIE, { ...time, version: 2 }), /version 2/],
  ["version 7", sntpReply(COOKIE, { ...time, version: 7 }), /version 7/],
  ["a broadcast", sntpReply(COOKIE, { ...time, mode: 5 }), /mode 5/],
  ["our own request", Buffer.concat([sntpReply(COOKIE, { ...time, mode: 3 })]), /mode 3/],
  ["no transmit timestamp", Buffer.from(sntpReply(COOKIE, time)).fill(0, 40), /has no time/],
] as const) {
  test(`hostile or broken: ${what}`, () => {
    const answer = readSntpAnswer(bytes, COOKIE);
    if (!(expected instanceof RegExp)) assert.deepEqual(answer, expected);
    else assert.match(answer.kind === "unusable" ? answer.reason : answer.kind, expected);
  });
}

test("version 3, an authenticator behind and a leap second to come are no reasons to refuse", () => {
  const bytes = sntpReply(COOKIE, { ...time, version: 3, leap: 1 });
  assert.equal(readSntpAnswer(Buffer.concat([bytes, Buffer.alloc(20)]), COOKIE).kind, "time");
});
