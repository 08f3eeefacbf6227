import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { distinctRanks } from "../../src/parameters/ranks.ts";
import { createAgentUnderTest } from "../helpers/agent-under-test.ts";

const LIMITS = { minimum: 1, maximum: 13 };
const CODECS = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.Codec.List.";

function ranks(before: readonly number[], ...fixed: readonly number[]): readonly number[] {
  return distinctRanks(before, (row) => fixed.includes(row), LIMITS);
}

describe("rows of a table that no two of have the same rank", () => {
  test("what is set keeps its rank, the others give way in their order", () => {
    assert.deepEqual(ranks([1, 2, 1, 4], 2), [2, 3, 1, 4]);
    assert.deepEqual(ranks([1, 2, 3, 1], 3), [2, 3, 4, 1]);
    assert.deepEqual(ranks([5, 5, 5], 1), [6, 5, 7]);
    assert.deepEqual(ranks([1, 2, 3]), [1, 2, 3]);
  });

  test("at the end of the ranks they give way upwards", () => {
    assert.deepEqual(ranks([13, 12, 13], 2), [12, 11, 13]);
  });

  test("of two that are set to the same rank the first one keeps it", () => {
    assert.deepEqual(ranks([3, 3, 1], 0, 1), [3, 4, 1]);
  });

  test("whatever the ranks are, none is there twice, all are within the limits, and the others keep their order", () => {
    const rank = fc.integer({ min: 1, max: 13 });
    fc.assert(
      fc.property(fc.array(fc.tuple(rank, fc.boolean()), { minLength: 1, maxLength: 10 }), (rows) => {
        const before = rows.map(([value]) => value);
        const after = distinctRanks(before, (row) => rows[row]?.[1] === true, LIMITS);
        assert.equal(new Set(after).size, after.length);
        assert.ok(after.every((value) => value >= 1 && value <= 13));
        const others = rows.flatMap(([, fixed], row) => (fixed ? [] : [row]));
        for (const one of others) {
          for (const other of others) {
            const [a, b] = [before[one] ?? 0, before[other] ?? 0];
            if (a < b) assert.ok((after[one] ?? 0) < (after[other] ?? 0), "in their order");
          }
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

test("a codec that is set to a rank that is taken gets it, and the ranks are all different afterwards", async () => {
  const { agent, settings } = createAgentUnderTest({ inMemory: true });
  await agent.start();
  const read = async (): Promise<readonly (string | undefined)[]> => {
    const views = await agent.local.parameters(CODECS);
    return views.filter(({ path }) => path.endsWith("Priority")).map(({ value }) => value);
  };
  assert.deepEqual(await read(), ["1", "2", "3", "4", "5", "6", "8", "9", "10", "11"]);
  await agent.local.setValues(new Map([[`${CODECS}5.Priority`, "1"]]));
  assert.deepEqual(await read(), ["2", "3", "4", "5", "1", "6", "8", "9", "10", "11"]);
  assert.equal(settings.get("Config.Account1.Audio4.Priority"), "13");
  assert.equal(settings.get("Config.Account2.Audio4.Priority"), "9", "another account is another list");
  // A file of the phone may hold the same rank twice; the next Set makes it right.
  await agent.local.applySettings(new Map([["Config.Account1.Audio9.Priority", "13"]]));
  assert.deepEqual((await read()).filter((rank) => rank === "1").length, 2);
  await agent.local.setValues(new Map([[`${CODECS}2.Priority`, "7"]]));
  assert.equal(new Set(await read()).size, 10);
});
