import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What is done when a test ends, or a script that has no test. */
export interface Ending {
  after(end: () => unknown): void;
}

/** A folder of the test's own, removed when the test ends. */
export async function temporaryFolder(t: Ending): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "akuvox-cpe-test-"));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
