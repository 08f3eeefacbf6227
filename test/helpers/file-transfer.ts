import { createFileServers, type FileServersOptions } from "../../src/net/file-transfer.ts";
import type { FileTransfer } from "../../src/ports/file-transfer.ts";
import { createMemoryLogger } from "./memory-logger.ts";
import { seededRandom } from "./seeded-random.ts";

/** One phone's way to file servers, with the settings' defaults. */
export function fileTransfer(
  options: Partial<FileServersOptions> & Pick<FileServersOptions, "scheduler"> & { readonly folder: string },
): FileTransfer {
  const servers = createFileServers({
    ...{ tls: { minVersion: "TLSv1.2" }, random: seededRandom(), userAgent: "akuvox-cpe/test" },
    ...{ connectMs: 30_000, maxFileBytes: 2 ** 28, refuseInsecure: false, log: createMemoryLogger() },
    ...options,
  });
  return servers.into(options.folder);
}
