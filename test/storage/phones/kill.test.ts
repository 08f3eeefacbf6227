/** kill -9 of a process that saves the state of a thousand phones. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openPhonesStore } from "../../../src/storage/phones/phones-store.ts";
import { silentLogger } from "../../helpers/silent-logger.ts";
import { counterDocument as counter } from "../../helpers/state-documents.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { TYPESCRIPT } from "../../helpers/typescript.ts";

const PHONES = 1000;
const WRITER = fileURLToPath(new URL("../../helpers/phones-store-writer.ts", import.meta.url));

test("after kill -9 every save that was acknowledged is there, none is half there, and the folder can be used", async (t) => {
  const folder = join(await temporaryFolder(t), "state");
  const acknowledged = new Map<number, number>();
  for (const acknowledgements of [500, 3000, 12_000]) {
    const child = spawn(process.execPath, [...TYPESCRIPT, WRITER, folder, String(PHONES)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => child.kill("SIGKILL"));
    let left = acknowledgements;
    for await (const line of createInterface({ input: child.stdout })) {
      const [phone = Number.NaN, count = Number.NaN] = line.split(" ").map(Number);
      acknowledged.set(phone, count);
      if (--left === 0) child.kill("SIGKILL");
    }
    if (child.signalCode === null) await once(child, "exit");
    assert.equal(child.signalCode, "SIGKILL");

    const store = await openPhonesStore({ folder, log: silentLogger });
    for (let phone = 0; phone < PHONES; phone++) {
      const { count } = await store.phone(`phone-${phone}`).state.load(counter);
      const promised = acknowledged.get(phone) ?? 0;
      // The save after the last acknowledged one may have been under way; each phone has one at a time.
      assert.ok(count >= promised && count <= promised + 1, `phone ${phone}: ${count} found, ${promised} promised`);
      acknowledged.set(phone, count);
    }
    await store.close();
  }
});
