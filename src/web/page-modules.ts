import type { PageModule } from "./parts.ts";

/** Every page of the phone, one module for each topic. */
export const PAGE_MODULES: readonly PageModule[] = [];
