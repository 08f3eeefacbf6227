import assert from "node:assert/strict";
import test from "node:test";
import { MASK, maskUrls } from "../../src/cwmp/mask.ts";

const SECRET = "S3CRET";

for (const [text, shown] of [
  ["http://user:S3CRET@host/path", `http://user:${MASK}@host/path`],
  ["https://user:S3CRET@[2001:db8::1]:8443/", `https://user:${MASK}@[2001:db8::1]:8443/`],
  ["ftp://S3CRET@host/", `ftp://${MASK}@host/`],
  ["https://S3CRET:@host/", `https://${MASK}@host/`],
  ["http://user:p@S3CRET@host/", `http://user:${MASK}@host/`],
  ["http://user:p/S3CRET?x#y@host/a", `http://user:${MASK}@host/a`],
  ["http://user%3AS3CRET@host/", `http://${MASK}@host/`],
  ["//user:S3CRET@host", `//user:${MASK}@host`],
  ["sip:alice:S3CRET@example.com;transport=tls", `sip:alice:${MASK}@example.com;transport=tls`],
  [
    "https://h/f?X-Amz-Expires=60&X-Amz-Signature=S3CRET&x=1",
    `https://h/f?X-Amz-Expires=60&X-Amz-Signature=${MASK}&x=1`,
  ],
  ["https://h/f?sv=2020&sig=S3CRET%3D", `https://h/f?sv=2020&sig=${MASK}`],
  ["https://h/f?a=1;access_token=S3CRET", `https://h/f?a=1;access_token=${MASK}`],
  ["https://h/f#access_token=S3CRET&state=1", `https://h/f#access_token=${MASK}&state=1`],
  ["https://h/f?pass%77ord=S3CRET", `https://h/f?pass%77ord=${MASK}`],
  ["https://h/f?to=http%3A%2F%2Fu%3AS3CRET%40h%2F&x=1", `https://h/f?to=${MASK}&x=1`],
  ["<URL>https://h/f?x=1&amp;X-Goog-Signature=S3CRET</URL>", `<URL>https://h/f?x=1&amp;X-Goog-Signature=${MASK}</URL>`],
  ['{"url":"http://u:S3CRET@h/","b":1}', `{"url":"http://u:${MASK}@h/","b":1}`],
  ["two: http://u:S3CRET@h/ and http://v:S3CRET@h/", `two: http://u:${MASK}@h/ and http://v:${MASK}@h/`],
] as const) {
  test(`${text} is shown without its secret`, () => {
    assert.equal(maskUrls(text), shown);
    assert.ok(!maskUrls(text).includes(SECRET));
    assert.equal(maskUrls(shown), shown, "once more changes nothing");
  });
}

test("names of parameters that grant access are known however they are written", () => {
  const names =
    "token api_key apiKey key sig Signature X-Amz-Security-Token X-Amz-Credential AWSAccessKeyId passwd pwd pass auth";
  for (const name of [...names.split(" "), "client_secret", "Authorization", "hmac", "jwt", "sid", "pin"])
    assert.equal(maskUrls(`http://h/?${name}=x1y`), `http://h/?${name}=${MASK}`, name);
});

test("what holds no secret stays as it is", () => {
  for (const text of [
    "http://host:8080/a@b?mac=0C1105000001&model=SP-R53P",
    "http://[2001:db8::1]/x@y",
    "https://h/f?token=&sig=",
    "a@b.example, key=1, // and a comment",
    "sip:alice@example.com:5060",
    "http://schemas.xmlsoap.org/soap/envelope/",
    "file:///etc/x@y",
  ]) {
    assert.equal(maskUrls(text), text);
  }
});

test("a hostile text of a megabyte is masked in linear time", { timeout: 60_000 }, () => {
  for (const piece of ["//", "//a:", "//?a=", "//?a=%2f%2f", ";a=", "sip:", "sip:a:", "%25", "@", "&a=", "?"])
    maskUrls(`//${piece.repeat(1_000_000 / piece.length)}`);
});
