import assert from "node:assert/strict";
import { test } from "node:test";
import { readHead } from "../../src/net/lenient-head.ts";

test("what most ACSs write is passed on as it came", () => {
  for (const [status, head] of [
    [200, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 12\r\n\r\n"],
    [200, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
    [204, "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"],
    [204, "HTTP/1.1 204 No Content\r\nDate: Tue, 01 Dec 2026 12:00:00 GMT\r\n\r\n"],
  ] as const) {
    assert.deepEqual(readHead(head), { status, rewritten: null }, head);
  }
});

test("of two statements on the length of a body one is left, and none where there is no body", () => {
  const both = readHead("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n");
  assert.equal(both.rewritten, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  const { rewritten } = readHead("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nX: y\r\n\r\n");
  assert.equal(rewritten, "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n");
});
