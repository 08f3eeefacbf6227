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
      assert.ok(messages !== null);
      found.push(...messages.map((message) => Buffer.from(message).toString()));
    }
    assert.deepEqual(found, [ONE, TWO, ONE], `${size} bytes at a time`);
  }
});

for (const [what, text] of [
  ["no length", "OPTIONS sip:a SIP/2.0\r\n\r\n"],
  ["two lengths", "OPTIONS sip:a SIP/2.0\r\nl: 1\r\nl: 2\r\n\r\n"],
  ["a length beyond the bounds", "OPTIONS sip:a SIP/2.0\r\nl: 999999\r\n\r\n"],
  ["a head without an end", "x".repeat(40_000)],
] as const) {
  test(`a connection whose message has ${what} is to be closed`, () => {
    assert.equal(createMessageSplitter().push(Buffer.from(text)), null);
  });
}
