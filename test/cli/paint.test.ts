import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createLogger } from "../../src/cli/logging.ts";
import { hasColor } from "../../src/cli/paint.ts";

const CLI = fileURLToPath(new URL("../../src/cli", import.meta.url));

test("a terminal is coloured, a pipe is not, and NO_COLOR turns colours off unless it is empty", () => {
  const terminal = { columns: 80 };
  assert.equal(hasColor({ terminal, env: {} }), true);
  assert.equal(hasColor({ terminal, env: { NO_COLOR: "" } }), true);
  assert.equal(hasColor({ terminal, env: { NO_COLOR: "1" } }), false);
  assert.equal(hasColor({ terminal: null, env: {} }), false);
});

test("no command decides by the terminal alone whether it is coloured", () => {
  const sources = readdirSync(CLI, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  for (const name of sources) {
    const text = readFileSync(join(CLI, name), "utf8");
    assert.doesNotMatch(text, /(?:createPaint\(|color: |colorize: )[^;\n]*(?:terminal !== null|isTTY[,;)])/, name);
  }
});

test("the log on a terminal has no colours where they are not allowed", async () => {
  const texts: string[] = [];
  const destination = { isTTY: true, color: false, write: (text: string) => void texts.push(text) };
  const log = await createLogger({ level: "info", format: "auto", destination });
  log.warn({}, "in use");
  assert.match(texts.join(""), /WARN.*in use/);
  assert.doesNotMatch(texts.join(""), /\u001b/);
});
