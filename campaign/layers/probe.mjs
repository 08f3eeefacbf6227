/** Loaded before the product (`--import`): at SIGUSR2 it writes one line of JSON to the file CAMPAIGN_PROBE. */
import { appendFileSync, readdirSync } from "node:fs";

process.on("SIGUSR2", () => {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const descriptors = readdirSync("/proc/self/fd").length;
  const handles = process.getActiveResourcesInfo().length;
  appendFileSync(
    process.env.CAMPAIGN_PROBE ?? "/dev/null",
    `${JSON.stringify({ heapUsed, rss, descriptors, handles })}\n`,
  );
});
