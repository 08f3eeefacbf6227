import assert from "node:assert/strict";
import { test } from "node:test";
import { changedLines, diffText, settingIn } from "../../../src/cli/demo/line-diff.ts";

const BEFORE = "# a comment\nConfig.A.B.C = 1\nConfig.A.B.Pwd = old\nConfig.A.B.D =\nConfig.A.B.Gone = x\n";
const AFTER = "# another\r\nConfig.A.B.C = 2\r\nConfig.A.B.Pwd = new\r\nConfig.A.B.D =\r\nConfig.A.B.New = a = b\r\n";

test("the lines that differ are shown by their keys, passwords masked, comments and line ends aside", () => {
  assert.deepEqual(diffText(changedLines(BEFORE, AFTER)), [
    "- Config.A.B.C = 1",
    "+ Config.A.B.C = 2",
    "- Config.A.B.Pwd = ********",
    "+ Config.A.B.Pwd = ********",
    "+ Config.A.B.New = a = b",
    "- Config.A.B.Gone = x",
  ]);
  assert.deepEqual(changedLines(BEFORE, BEFORE), []);
});

test("a setting is read by its whole key", () => {
  assert.equal(settingIn(AFTER, "Config.A.B.New"), "a = b");
  assert.equal(settingIn(AFTER, "Config.A.B.D"), "");
  assert.equal(settingIn(AFTER, "Config.A.B"), undefined);
});
