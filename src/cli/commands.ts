import { registerAcs } from "./commands/acs.ts";
import { registerAutop } from "./commands/autop.ts";
import { registerCall, registerHangUp } from "./commands/call.ts";
import { registerCheckBackend } from "./commands/check-backend.ts";
import { registerCheckConfig } from "./commands/check-config.ts";
import { registerCompletion } from "./commands/completion.ts";
import { registerDemo } from "./commands/demo.ts";
import { registerFactoryReset } from "./commands/factory-reset.ts";
import { registerFleet } from "./commands/fleet.ts";
import { registerGet } from "./commands/get.ts";
import { registerInform } from "./commands/inform.ts";
import { registerParams } from "./commands/params.ts";
import { registerReboot } from "./commands/reboot.ts";
import { registerRegistrar } from "./commands/registrar.ts";
import { registerReport } from "./commands/report.ts";
import { registerRun } from "./commands/run.ts";
import { registerSet } from "./commands/set.ts";
import { registerStatus } from "./commands/status.ts";
import { registerTrace } from "./commands/trace.ts";
import { registerTransfers } from "./commands/transfers.ts";
import type { RegisterCommand } from "./program.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly RegisterCommand[] = [
  registerRun,
  registerStatus,
  registerGet,
  registerSet,
  registerInform,
  registerTrace,
  registerTransfers,
  registerAutop,
  registerCall,
  registerHangUp,
  registerReboot,
  registerFactoryReset,
  registerFleet,
  registerReport,
  registerDemo,
  registerAcs,
  registerRegistrar,
  registerParams,
  registerCheckConfig,
  registerCheckBackend,
  registerCompletion,
];
