import type { Command } from "commander";
import type { DemoOptions } from "../demo/run-demo.ts";
import type { CliIo } from "../io.ts";
import { untilShutdownSignal } from "../stop-signals.ts";

const ABOUT = `
An ACS and a phone's agent are started as two processes that use TLS on 127.0.0.1. The demo shows and checks what a
TR-069 phone must do: first contact, reading, provisioning, connection request, a refused value, a change at the
phone, a crash, and a bare phone that finds its ACS by PnP and registers by SIP. Then a fleet of fifty phones calls the
same ACS. It takes some seconds, needs no setup and leaves nothing but the fleet's report, in a temporary folder that it
names.
The exit code is 1 when a claim does not hold.
`;

export function registerDemo(program: Command, io: CliIo): void {
  program
    .command("demo")
    .description("watch an ACS provision a phone, over real sockets")
    .option("--keep", "leave both running afterwards, and accept commands")
    .option("-t, --trace <dir>", "keep the phone's envelopes as numbered files, secrets masked")
    .addHelpText("after", ABOUT)
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import("../demo/run-demo.ts");
      await runDemo(options, io, untilShutdownSignal());
    });
}
