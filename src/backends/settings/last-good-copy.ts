import { messageOf } from "../../cwmp/errors.ts";
import type { Logger } from "../../ports/logger.ts";
import { writeFileAtomic } from "../../system/atomic-file.ts";
import { readSnapshot } from "../autop/file-snapshot.ts";

/** A copy of the phone's file as it was last known to be good, beside it: `phone.cfg.last-good`. */
export interface LastGoodCopy {
  /** Writes the text where the copy holds another. Never throws: what fails is logged once, and the old copy stays. */
  keep(text: string): Promise<void>;
  /** Null: there is none that can be used. Never throws. */
  read(): Promise<string | null>;
}

export function createLastGoodCopy(phoneFile: string, log: Logger): LastGoodCopy {
  const path = `${phoneFile}.last-good`;
  let kept: string | null = null;
  let problem = "";
  const read = async (): Promise<string | null> => {
    const text = await readSnapshot(path).then(
      (found) => found.text,
      () => "",
    );
    return text.trim() === "" ? null : text;
  };
  return {
    read,
    async keep(text) {
      if (text === kept) return;
      kept ??= await read();
      if (text === kept) return;
      try {
        await writeFileAtomic(path, text, { mode: 0o600 });
        kept = text;
        problem = "";
      } catch (error) {
        const reason = messageOf(error);
        if (reason !== problem) log.warn({ file: path, reason }, "The copy of the phone's file cannot be written");
        problem = reason;
      }
    },
  };
}
