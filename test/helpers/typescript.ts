import { fileURLToPath } from "node:url";

/** What node is told before the name of a TypeScript file: from 22.18 on it reads TypeScript itself, and starts faster. */
export const TYPESCRIPT: readonly string[] =
  "typescript" in process.features && process.features.typescript !== false
    ? ["--disable-warning=ExperimentalWarning"]
    : ["--import", "tsx"];

/** What node is told to start the program; what follows are its own arguments. `npm test` says where it has built it. */
export const PROGRAM: readonly string[] =
  process.env.TEST_PROGRAM === undefined
    ? [...TYPESCRIPT, fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url))]
    : [process.env.TEST_PROGRAM];
