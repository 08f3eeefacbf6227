#!/usr/bin/env node
import { registerAcs } from "./commands/acs.ts";
import { registerCheckConfig } from "./commands/check-config.ts";
import { registerDemo } from "./commands/demo.ts";
import { registerParams } from "./commands/params.ts";
import { registerRun } from "./commands/run.ts";
import { processIo } from "./io.ts";
import { runCli } from "./program.ts";

const COMMANDS = [registerRun, registerDemo, registerAcs, registerParams, registerCheckConfig];

void runCli(process.argv.slice(2), processIo(), COMMANDS).then((code) => {
  process.exitCode = code;
});
