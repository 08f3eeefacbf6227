import assert from "node:assert/strict";
import test from "node:test";
import { isReachable } from "../../../src/system/stun/address.ts";

const SOURCE = "192.168.1.20";

test("C-237 an address where no phone can be is not believed", () => {
  for (const host of [
    "0.0.0.0",
    "0.1.2.3",
    "127.0.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "ff02::1",
    "::ffff:0.0.0.0",
  ])
    assert.ok(!isReachable({ host, port: 62_000 }, SOURCE), host);
  assert.ok(!isReachable({ host: "203.0.113.5", port: 0 }, SOURCE));
});

test("C-237 public and private addresses are, and those of the loopback for a phone there", () => {
  for (const host of ["203.0.113.5", "10.0.0.1", "2001:db8::1", "fd00::1"])
    assert.ok(isReachable({ host, port: 1 }, SOURCE), host);
  assert.ok(isReachable({ host: "127.0.0.1", port: 7547 }, "127.0.0.1"));
});
