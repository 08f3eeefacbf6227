import { parameterPages } from "./parameters/parameter-pages.ts";
import type { PageModule } from "./parts.ts";
import { settingsPages } from "./settings/settings-pages.ts";

/** Every page of the phone, one module for each topic. */
export const PAGE_MODULES: readonly PageModule[] = [parameterPages, settingsPages];
