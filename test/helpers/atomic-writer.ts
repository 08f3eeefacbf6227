/** Writes one letter, then the next, for ever: to be killed. Started as `node atomic-writer.ts PATH SIZE`. */
import { writeFileAtomic } from "../../src/system/atomic-file.ts";

const [path = "", size = "0"] = process.argv.slice(2);
for (let count = 0; ; count++) {
  const letter = String.fromCharCode(97 + (count % 26));
  await writeFileAtomic(path, letter.repeat(Number(size)), { mode: 0o600 });
  if (count === 0) process.send?.("started");
}
