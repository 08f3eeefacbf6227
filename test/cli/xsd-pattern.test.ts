import assert from "node:assert/strict";
import { test } from "node:test";
import { xsdPattern } from "../../src/cli/params/xsd-pattern.ts";
import { EXTENSION_NAMES } from "../../src/config/extensions.ts";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { FORMATS, wholeValue } from "../../src/model/formats.ts";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { matchesXsdPattern } from "../helpers/data-model-schema.ts";

// On one Node only: thousands of random texts say the same on every Node.

/** Both languages must agree on each of the values. */
async function assertSame(pattern: RegExp, values: readonly string[]): Promise<void> {
  const translated = xsdPattern(pattern) ?? assert.fail(`no translation of ${pattern.source}`);
  const expected = values.map((value) => pattern.test(value));
  assert.ok(expected.includes(true) && expected.includes(false), `poor values for ${pattern.source}`);
  const actual = await matchesXsdPattern(translated, values);
  const different = values.filter((_, at) => actual[at] !== expected[at]);
  assert.deepEqual(different, [], `${pattern.source} became ${translated}`);
}

const SAMPLES = [
  "",
  "0C1105",
  "0c1105",
  "0C11050",
  "http://acs.example:7547/a?b#c",
  "https://[2001:db8::1]/",
  "http:// x",
  "ftp://h/f",
  "tftp://h/\u2028",
  "http://x\u00a0y",
  "+08:00",
  "-5",
  "+15",
  "CET-1CEST,M3.5.0,M10.5.0/3",
  "<+03>-3",
  "CET-1CEST,M13.1.0",
  "*67#",
  "1001@sip-server.example_x",
  "a:b",
  "a b",
  "128",
  "200",
  "254",
  "255",
  "23:59",
  "24:00",
  "192.0.2.1",
  "256.1.1.1",
  "192.0.2",
  "::",
  "2001:db8::1",
  "::ffff:192.0.2.1",
  "1:2:3:4:5:6:7:8",
  "1:2:3:4:5:6:7:8:9",
  "255.255.255.0",
  "255.0.255.0",
  "0C:11:05:00:00:01",
  "0C-11-05-00-00-01",
  "SIP",
  "SIP/2.0",
  "MGCP-NCS/1.0",
  "H.248",
  "Hx248",
  "X_VENDOR",
  "X_",
  "REGISTER",
  "20",
  "20-30",
  "20-",
  "x",
  "\u0664",
];

const model = loadDataModel(defaultDataModelFolder(), EXTENSION_NAMES);
const patterns = new Map(
  [...model.parameters.map(({ pattern }) => pattern), ...Object.values(FORMATS).map(({ pattern }) => pattern)].flatMap(
    (pattern) => (pattern === null ? [] : [[pattern.source, pattern] as const]),
  ),
);

for (const [source, pattern] of patterns) {
  test(`the pattern ${source.slice(0, 60)} means the same in XML Schema`, async () => {
    await assertSame(pattern, [...SAMPLES, ...bent(SAMPLES)]);
  });
}

/** The samples with a character changed, doubled or taken away. */
function bent(samples: readonly string[]): readonly string[] {
  const random = createSeededRandom("bent samples");
  const pick = (count: number): number => Math.floor(random.between(0, count));
  return samples.flatMap((sample) =>
    Array.from({ length: 4 }, () => {
      const at = pick(sample.length);
      return sample.slice(0, at) + (["", ".", "0", "-", "é", "["][pick(6)] ?? "") + sample.slice(at + pick(2));
    }),
  );
}

test("what the two languages write differently means the same", async () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["a\\/b\\$c", ["a/b$c", "a/b"]],
    ["[\\d\\-a]+\\D", ["1-a.", "\u0664.", "--1"]],
    ["[+*.^$-]+", ["+*.^$-", "a"]],
    ["[[a\\]]+", ["[a]", "b"]],
    ["[!-/]+", ["!-/", "-", "0"]],
    ["\\w+\\W", ["aZ_9 ", "é ", "a"]],
    ["\\S+\\s\\S", ["a b", "a\u3000b", "ab"]],
    ["(?<name>a|b)+?c{2,}?", ["abcc", "abc", "cc"]],
    ["\\u0041\\x42\\u{43}", ["ABC", "abc"]],
    ["\\p{Lu}[x]", ["Éx", "éx"]],
    ["a.c", ["abc", "a\u2028c", "ac", "a.c"]],
    ["😀[😀-😂]?", ["😀", "😀😁", "😂"]],
    ["-a-", ["-a-", "a"]],
    ["a|", ["a", "", "b"]],
  ];
  for (const [text, values] of cases) await assertSame(wholeValue(text), values);
});

test("what XML Schema cannot say has no translation", () => {
  for (const text of [
    "(?=a)b",
    "(?!a)b",
    "(?<=a)b",
    "(?<!a)b",
    "(a)\\1",
    "\\bword\\b",
    "a$|b",
    "^a",
    "[\\S]",
    "[\\D1]",
    "[]",
    "[^]",
    "\\p{Script=Greek}",
    "\\f",
    "[\\f]",
    "(?<n>a)\\k<n>",
  ]) {
    assert.equal(xsdPattern(wholeValue(text)), null, text);
  }
  assert.equal(xsdPattern(/unanchored/), null);
});
