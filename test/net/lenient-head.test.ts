import assert from "node:assert/strict";
import { test } from "node:test";
import { readHead } from "../../src/net/lenient-head.ts";

test("what most ACSs write is passed on as it came", () => {
  for (const [status, head] of [
    [200, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 12\r\n\r\n"],
    [204, "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"],
    [204, "HTTP/1.1 204 No Content\r\nDate: Tue, 01 Dec 2026 12:00:00 GMT\r\n\r\n"],
  ] as const) {
    assert.deepEqual(readHead(head), { status, rewritten: null }, head);
  }
});

test("a length of a body that cannot be there is taken out", () => {
  const { rewritten } = readHead("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nX: y\r\n\r\n");
  assert.equal(rewritten, "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n");
});
