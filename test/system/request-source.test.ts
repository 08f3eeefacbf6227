import assert from "node:assert/strict";
import test from "node:test";
import { plainAddress, sourceOf } from "../../src/system/request-source.ts";

test("an IPv4 address is a source, and so is the whole of 127.0.0.0/8", () => {
  for (const address of ["127.0.0.1", "127.0.0.2", "127.255.255.254", "::ffff:127.0.0.9", "::ffff:7f00:1"])
    assert.equal(sourceOf(address), "127.0.0.0/8", address);
  assert.notEqual(sourceOf("192.0.2.1"), sourceOf("192.0.2.2"));
  for (const address of ["::ffff:192.0.2.1", "::FFFF:c000:201", "::ffff:C000:0201"])
    assert.equal(sourceOf(address), sourceOf("192.0.2.1"), address);
  assert.equal(plainAddress("::ffff:c000:201"), "192.0.2.1");
});

test("an IPv6 network of 64 bits is a source, however its addresses are written", () => {
  for (const address of [
    "2001:db8:1:2::1",
    "2001:DB8:1:2:ffff:ffff:ffff:ffff",
    "2001:0db8:0001:2::%eth0",
    "2001:db8:1:2::",
  ])
    assert.equal(sourceOf(address), sourceOf("2001:db8:1:2::99"), address);
  assert.equal(sourceOf("2001:db8::1"), sourceOf("2001:db8:0:0:1::"));
  assert.notEqual(sourceOf("2001:db8:1:2::1"), sourceOf("2001:db8:1:3::1"));
  assert.notEqual(sourceOf("::1"), sourceOf("fe80::1%eth0"));
});

test("what is no address counts as it stands", () => assert.equal(sourceOf(""), ""));
