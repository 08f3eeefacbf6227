import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createSeededRandom } from "../../../src/system/seeded-random.ts";
import { hooksPhone, LABEL, until } from "./hooks-phone.ts";

// On one Node only: what hooks do at random says the same on every Node.

/** How often a hook is told to do its work well, or in which way not. */
const MODES = ["well", "well", "restart", "refuse", "die before", "die after", "strange", "flood", "deaf"] as const;

/** The phone's own store is the last line that it was given. What is not refused is taken back with the next call. */
const APPLY = `
mode=$(cat mode); echo well >mode; echo >>calls
case $mode in
  refuse) exit 4 ;;
  "die before") kill -9 $$ ;;
  deaf) exec <&-; exit 9 ;;
esac
cat >store.new; mv store.new store
case $mode in
  restart) exit 100 ;;
  "die after") kill -9 $$ ;;
  strange) exit 55 ;;
  flood) yes ;;
esac`;

const READ = `mode=$(cat read-mode 2>/dev/null); echo well >read-mode
case $mode in die) kill -9 $$ ;; lie) echo '{"key":"Config.Voice.AUDIO.RingVol"' ; exit ;; esac
cat >/dev/null; cat store 2>/dev/null || true`;

for (const seed of ["one", "two"]) {
  test(`whatever hooks do, a change is made at the phone and here or at neither (${seed})`, async (t) => {
    const random = createSeededRandom(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random.between(0, from.length - 0.001))] as T;
    const phone = await hooksPhone(t, { scripts: { apply: APPLY, read: READ } });
    const tell = (name: string, text: string) => writeFile(join(phone.folder, name), text);
    await tell("mode", "well");
    await phone.begin();
    const seen = new Set<string>();
    let value = "desk";
    let calls = 0;
    for (let round = 0; round < 60; round++) {
      const mode = pick(MODES);
      await tell("mode", mode);
      const next = `${mode} ${round}`;
      const end = await phone.change({ [LABEL]: next }).catch(() => "fault");
      seen.add(`${mode}: ${end}`);
      if (end !== "fault") value = next;
      calls += end === "fault" && mode !== "refuse" ? 2 : 1;
      assert.equal(await phone.read(LABEL), value, `${next}: ${end}`);
      await until(async () => {
        if ((await phone.left("calls")).length !== calls) return false;
        const store = await phone.left("store");
        return store === "" ? value === "desk" : JSON.parse(store).value === value;
      });
      await tell("read-mode", pick(["well", "die", "lie"]));
      await phone.backend.refresh(["Status.Account1.Line.State"]).catch(() => {});
    }
    assert.deepEqual(phone.reported, [], "nothing was changed by others");
    assert.deepEqual([...seen].sort(), [
      "deaf: fault",
      "die after: fault",
      "die before: fault",
      "flood: fault",
      "refuse: fault",
      "restart: needs-reboot",
      "strange: fault",
      "well: applied",
    ]);
  });
}
