import assert from "node:assert/strict";
import { test } from "node:test";
import type { HookName } from "../../../src/backends/hooks/hook-names.ts";
import { CwmpFault, PhoneFault } from "../../../src/cwmp/errors.ts";
import { hooksPhone, LABEL } from "./hooks-phone.ts";

// On one Node only: each exit code of a shell in turn says the same on every Node.

const CODES = [...Array.from({ length: 21 }, (_, code) => code), 99, 100, 101, 126, 127, 255];

/** What becomes of each code: a number is the fault that the hook has chosen, `failed` any other end. */
const TABLE: Readonly<Record<"apply" | "install" | "produce", Readonly<Record<number, number | string>>>> = {
  apply: { 0: "applied", 100: "needs-reboot", 2: 9002, 3: 9003, 4: 9004, 5: 9005, 6: 9006, 7: 9007, 8: 9008 },
  install: { 0: "applied", 100: "needs-reboot", 2: 9002, 4: 9004, 10: 9010, 18: 9018, 19: 9019 },
  produce: { 0: "made", 2: 9002, 4: 9004, 11: 9011 },
};

test("every exit code of the apply hook means what the table says", async (t) => {
  const phone = await hooksPhone(t, { scripts: { apply: "cat >/dev/null; exit $(cat code)" } });
  await phone.begin();
  const { writeFile } = await import("node:fs/promises");
  const found: Record<number, number | string> = {};
  for (const [round, code] of CODES.entries()) {
    await writeFile(`${phone.folder}/code`, String(code));
    found[code] = await phone.change({ [LABEL]: `x${round}` }).catch((error: unknown) => {
      assert.ok(error instanceof PhoneFault);
      if (error.code === "BACKEND_REFUSED") return error.faultCode;
      assert.equal(error.faultCode, 9002);
      return "failed";
    });
  }
  assert.deepEqual(found, expected("apply"));
});

for (const hook of ["install", "produce"] as const satisfies readonly HookName[]) {
  test(`every exit code of the ${hook} hook means what the table says`, async (t) => {
    const phone = await hooksPhone(t, { scripts: { [hook]: "cat >/dev/null; exit $(cat code)" } });
    await phone.begin();
    const { writeFile } = await import("node:fs/promises");
    const { files } = phone.backend;
    const found: Record<number, number | string> = {};
    for (const code of CODES) {
      await writeFile(`${phone.folder}/code`, String(code));
      const run =
        hook === "install" ? files.install("1 Firmware Upgrade Image", "/x") : files.produce("4 Vendor Log File");
      found[code] = await run.then(
        (made) => (typeof made === "string" ? made : "made"),
        (error: unknown) => {
          assert.ok(error instanceof CwmpFault);
          return error.faultCode;
        },
      );
    }
    const table = expected(hook);
    // Towards the ACS a failure is a 9002 like one that the hook has chosen.
    for (const code of CODES) if (table[code] === "failed") table[code] = 9002;
    assert.deepEqual(found, table);
  });
}

function expected(hook: keyof typeof TABLE): Record<number, number | string> {
  return Object.fromEntries(CODES.map((code) => [code, TABLE[hook][code] ?? "failed"]));
}

test("a refusal says in the log which fault it is, why, and which setting names the hook", async (t) => {
  const phone = await hooksPhone(t, {
    scripts: { apply: "cat >/dev/null; echo first >&2; echo 'no such line' >&2; exit 7" },
  });
  await phone.begin();
  await assert.rejects(phone.change({ [LABEL]: "hall" }));
  assert.deepEqual(phone.warnings(), [
    'the apply hook "/bin/sh" ended with exit code 7 (Invalid parameter value) (setting backend.apply); it says: no such line',
  ]);
  const told = phone.log.at("info").map(({ message }) => message);
  assert.ok(told.includes("apply: first") && told.includes("apply: no such line"), told.join());
});

test("a refusal names the keys at fault, and only keys that were sent", async (t) => {
  const name = (key: string) => `cat >/dev/null; echo '{"key":"${key}"}'; exit 7`;
  const phone = await hooksPhone(t, { scripts: { apply: name(LABEL) } });
  await phone.begin();
  const refusal = { keys: [LABEL], faultCode: 9007, code: "BACKEND_REFUSED" };
  await assert.rejects(phone.change({ [LABEL]: "x", "Config.Account1.GENERAL.Enable": "1" }), refusal);
  const other = await hooksPhone(t, { scripts: { apply: name("Config.Account2.GENERAL.Label") } });
  await other.begin();
  await assert.rejects(other.change({ [LABEL]: "x" }), { ...refusal, keys: [] });
});
