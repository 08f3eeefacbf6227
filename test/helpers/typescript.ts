/** What node is told before the name of a TypeScript file: from 22.18 on it reads TypeScript itself, and starts faster. */
export const TYPESCRIPT: readonly string[] =
  "typescript" in process.features && process.features.typescript !== false
    ? ["--disable-warning=ExperimentalWarning"]
    : ["--import", "tsx"];
