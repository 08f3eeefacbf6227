import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { hostileInputs } from "../../fuzz/generator.ts";
import { IN_PROCESS } from "../../fuzz/targets.ts";
import { createSeededRandom } from "../../src/system/seeded-random.ts";

const CORPUS = fileURLToPath(new URL("../fixtures/fuzz/", import.meta.url));
const FRESH = 40;

for (const target of IN_PROCESS) {
  test(`${target.name}: the corpus and some new inputs do no harm`, async () => {
    const files = readdirSync(join(CORPUS, target.name));
    assert.ok(files.length > 0, "the corpus is there");
    const open = await target.open();
    const random = hostileInputs(target, createSeededRandom("corpus"));
    for (const file of files) await open.take(readFileSync(join(CORPUS, target.name, file)));
    for (let left = FRESH; left > 0; left--) await open.take(random.next().value ?? Buffer.alloc(0));
    await open.close();
  });
}
