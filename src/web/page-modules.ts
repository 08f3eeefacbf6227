import { actionsPages } from "./actions/actions-pages.ts";
import { uploadPages } from "./actions/upload-pages.ts";
import { parameterPages } from "./parameters/parameter-pages.ts";
import type { PageModule } from "./parts.ts";
import { messagePages } from "./sessions/message-pages.ts";
import { sessionsPages } from "./sessions/sessions-pages.ts";
import { settingsPages } from "./settings/settings-pages.ts";
import { statusPages } from "./status/status-pages.ts";
import { transfersPages } from "./transfers/transfers-pages.ts";

/** Every page of the phone, one module for each topic. */
export const PAGE_MODULES: readonly PageModule[] = [
  statusPages,
  sessionsPages,
  messagePages,
  transfersPages,
  parameterPages,
  settingsPages,
  actionsPages,
  uploadPages,
];
