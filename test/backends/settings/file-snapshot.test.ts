import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFileText, encodeFileText } from "../../../src/backends/settings/file-snapshot.ts";

test("UTF-8 stays UTF-8", () => {
  const bytes = Buffer.from("Config.A.B.C = Zoë ☎");
  const { text, encoding } = decodeFileText(bytes);
  assert.equal(text, "Config.A.B.C = Zoë ☎");
  assert.deepEqual(encodeFileText(text, encoding), bytes);
});

test("a file that is not UTF-8 keeps every byte", () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const { text, encoding } = decodeFileText(bytes);
  assert.deepEqual(encodeFileText(text, encoding), bytes);
  assert.deepEqual(encodeFileText(`${text}☎`, encoding), Buffer.from(`${text}☎`));
});
