/** Saves the state of phones, one save at a time each, and writes `phone count` for each that is durable, until it is killed. */
import { openPhonesStore } from "../../src/storage/phones/phones-store.ts";
import { silentLogger } from "./silent-logger.ts";
import { counterDocument as counter } from "./state-documents.ts";

const [, , folder = "", phones = "0"] = process.argv;
// A file that is written anew now and then, while it is killed.
const store = await openPhonesStore({ folder, log: silentLogger, rewriteFromBytes: 200_000 });
const saveForEver = async (phone: number): Promise<void> => {
  const { state } = store.phone(`phone-${phone}`);
  for (let { count } = await state.load(counter); ; ) {
    await state.save(counter, { count: ++count });
    process.stdout.write(`${phone} ${count}\n`);
  }
};
await Promise.all(Array.from({ length: Number(phones) }, (_, phone) => saveForEver(phone)));
