import assert from "node:assert/strict";
import { test } from "node:test";
import { option43Url } from "../../../src/agent/autop/option-43.ts";

const URL = "http://a.example/p";
const hex = (...bytes: readonly (number | string)[]): string =>
  `hex:${Buffer.concat(bytes.map((one) => (typeof one === "number" ? Buffer.of(one) : Buffer.from(one)))).toString("hex")}`;

test("option 43 as a text is the URL, with or without a zero at its end", () => {
  assert.equal(option43Url(URL), URL);
  assert.equal(option43Url(` ${URL} `), URL);
  assert.equal(option43Url(hex(URL, 0)), URL);
});

test("of sub-options the first URL counts, whatever its code; zeros between them and what follows the end do not", () => {
  const tlv = (code: number, text: string) => [code, text.length, text] as const;
  assert.equal(option43Url(hex(...tlv(1, URL))), URL);
  assert.equal(option43Url(hex(...tlv(9, "00"), 0, 0, ...tlv(66, URL), 255, ...tlv(1, "http://b.example/"))), URL);
  assert.equal(option43Url("hex:01:12 68-74 74 70 3a 2f 2f 61 2e 65 78 61 6d 70 6c 65 2f 70"), URL);
  assert.equal(option43Url(hex(255, ...tlv(1, URL))), "");
});

test("what is cut off, empty, no hexadecimal or no URL is none", () => {
  for (const text of [
    "",
    "hex:",
    "hex:0",
    "hex:xx",
    hex(1, 50, URL),
    hex(1),
    hex(1, 0),
    "a.example",
    hex(1, 3, "abc"),
  ]) {
    assert.equal(option43Url(text), "", text);
  }
  assert.equal(option43Url(`hex:${"01ff".repeat(200)}`), "");
});
