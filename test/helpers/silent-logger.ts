import type { Logger } from "../../src/ports/logger.ts";

/** For runs so long that the lines of a log would fill the memory. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};
