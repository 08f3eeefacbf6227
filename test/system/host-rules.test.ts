import assert from "node:assert/strict";
import { test } from "node:test";
import { hostFilter, isHostRule } from "../../src/system/host-rules.ts";

test("a host rule is a name, a name below a domain, an address or a network", () => {
  const good =
    "files.example.com|localhost|*.example.com|EXAMPLE.com.|10.1.2.3|10.0.0.0/8|::1|fd00::/8|0.0.0.0/0|a_b.example";
  for (const text of good.split("|")) assert.ok(isHostRule(text), text);
  const bad =
    "|*|*.|a..b|-a.example|a-.example|10.0.0.300|10.0.0.0/33|10.0.0.0/|::/129|fe80::1%eth0|http://a.example/|a b|1.2.3.4/8/9|*.*.example.com|[::1]";
  for (const text of bad.split("|")) assert.ok(!isHostRule(text), text);
  assert.throws(() => hostFilter(["a b"]), RangeError);
});

test("names fit by their text, whatever their case; a domain does not fit what is only below it", () => {
  const fits = hostFilter(["files.example.com", "*.cdn.example"]);
  for (const host of ["files.example.com", "FILES.example.com.", "a.cdn.example", "a.b.cdn.example"]) {
    assert.ok(fits(host), host);
  }
  for (const host of [
    "example.com",
    "evilfiles.example.com",
    "files.example.com.evil.net",
    "cdn.example",
    "10.0.0.1",
  ]) {
    assert.ok(!fits(host), host);
  }
});

test("addresses fit rules of addresses alone, in whichever form a URL holds them", () => {
  const fits = hostFilter(["10.0.0.0/8", "192.0.2.7", "fd00::/8", "printer"]);
  for (const url of ["http://10.255.0.1/", "http://0x0a000001/", "http://192.0.2.7:8080/", "http://[fd00::1]/"]) {
    assert.ok(fits(new URL(url).hostname), url);
  }
  for (const url of ["http://11.0.0.1/", "http://192.0.2.8/", "http://[fe80::1]/", "http://[::1]/", "http://127.1/"]) {
    assert.ok(!fits(new URL(url).hostname), url);
  }
  assert.ok(fits(new URL("http://[::ffff:10.0.0.1]/").hostname), "an IPv4 address written as IPv6 is that address");
});
