import assert from "node:assert/strict";
import { test } from "node:test";
import { createMessageSplitter } from "../../../src/sip/message/splitter.ts";

const ONE = "OPTIONS sip:a SIP/2.0\r\nl: 2\r\n\r\nhi";
const TWO = "SIP/2.0 200 OK\r\nContent-Length : 0\r\n\r\n";

test("messages are cut at their length, however the bytes come, with keep-alives between them", () => {
  for (const size of [1, 7, 1_000]) {
    const splitter = createMessageSplitter();
    const bytes = Buffer.from(`\r\n\r\n${ONE}\r\n\r\n${TWO}${ONE}`);
    const found: string[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      const messages = splitter.push(bytes.subarray(at, at + size));
      assert.ok(typeof messages !== "string");
      found.push(...messages.map((message) => Buffer.from(message).toString()));
    }
    assert.deepEqual(found, [ONE, TWO, ONE], `${size} bytes at a time`);
  }
});

test("RFC 5626 3.5.1: each keep-alive between messages is heard of, however the bytes come, and no empty line of a message", () => {
  const body = "OPTIONS sip:a SIP/2.0\r\nl: 8\r\n\r\n\r\n\r\n\r\n\r\n";
  const bytes = Buffer.from(`\r\n\r\n${ONE}\r\n${body}\r\n\r\n\r\n\r\n${TWO}\r\n`);
  for (const size of [1, 3, 1_000]) {
    let pings = 0;
    const splitter = createMessageSplitter(() => void pings++);
    for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
    assert.equal(pings, 3, `${size} bytes at a time`);
  }
});

for (const [what, text, problem] of [
  ["no length", "OPTIONS sip:a SIP/2.0\r\n\r\n", "a message over a connection needs a Content-Length"],
  ["two lengths", "OPTIONS sip:a SIP/2.0\r\nl: 1\r\nl: 2\r\n\r\n", "a message has two Content-Lengths"],
  ["a length beyond the bounds", "OPTIONS sip:a SIP/2.0\r\nl: 999999\r\n\r\n", "a message is too long"],
  ["a head without an end", "x".repeat(40_000), "the data received is not SIP"],
  ["the head of another protocol", "220 mail.example ESMTP\r\n\r\n", "the data received is not SIP"],
] as const) {
  test(`a connection whose message has ${what} is to be closed: ${problem}`, () => {
    assert.equal(createMessageSplitter().push(Buffer.from(text)), problem);
  });
}
