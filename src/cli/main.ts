#!/usr/bin/env node
import { COMMANDS } from "./commands.ts";
import { processIo } from "./io.ts";
import { runCli } from "./program.ts";

void runCli(process.argv.slice(2), processIo(), COMMANDS).then((code) => {
  process.exitCode = code;
});
