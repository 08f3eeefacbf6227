import { resolve } from "node:path";
import { messageOf } from "../../cwmp/errors.ts";
import { printable } from "../../system/printable.ts";
import { CliExit, type CliIo, EXIT_FAILED } from "../io.ts";
import type { RegistrarPorts } from "../registrar/start-registrar.ts";
import { systemPorts } from "../system-ports.ts";
import { provisions } from "./account.ts";
import type { Child } from "./child.ts";
import { showHandEdit, showKill } from "./endurance.ts";
import { showFleet } from "./fleet.ts";
import { keepPlaying } from "./keep.ts";
import { createNarrator } from "./narrator.ts";
import { showFirstContact, showProvisioning } from "./provisioning.ts";
import { showBarePhone } from "./registration.ts";
import { showConnectionRequest, showRefusal } from "./requests.ts";
import { type Stage, setStage, strikeStage } from "./stage.ts";
import { DemoFailure } from "./wait.ts";

export interface DemoOptions {
  readonly keep?: boolean;
  readonly trace?: string;
}

/** Runs the whole demo. Throws CliExit 1 if a claim is not true, or on a shutdown signal. */
export async function runDemo(options: DemoOptions, io: CliIo, told: Promise<unknown>): Promise<void> {
  let interrupted = false;
  void told.then(() => {
    interrupted = true;
  });
  try {
    await perform(options, io, told);
  } catch (error) {
    // After Ctrl-C the processes of the demo end too; that is not an error.
    if (!interrupted) io.stderr(`\n${printable(messageOf(error))}\n`);
    throw new CliExit(EXIT_FAILED);
  }
}

async function perform(options: DemoOptions, io: CliIo, told: Promise<unknown>): Promise<void> {
  const narrator = createNarrator(io);
  const startedAt = performance.now();
  narrator.title("An ACS provisions an Akuvox phone, over real sockets on this machine.");
  const stage = await setStage(narrator, options.trace === undefined ? null : resolve(options.trace));
  const stopped = told.then((): never => {
    throw new DemoFailure("stopped");
  });
  try {
    const agent = await Promise.race([play(stage, await systemPorts(io)), stopped]);
    if (options.keep !== true) await tidyUp(stage, agent);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    narrator.gap();
    narrator.say(
      `${narrator.paint.green(`All ${narrator.claims()} claims hold.`)} ${narrator.paint.dim(`${seconds} s`)}`,
    );
    if (options.keep === true) await keepPlaying(stage, io, told);
  } finally {
    stage.children.killAll();
    await strikeStage(stage.files.folder);
  }
}

async function play(stage: Stage, ports: RegistrarPorts): Promise<Child> {
  const wanted = provisions(Date.now());
  const agent = await showFirstContact(stage);
  await showProvisioning(stage, wanted);
  await showConnectionRequest(stage, wanted);
  await showRefusal(stage);
  await showHandEdit(stage);
  const successor = await showKill(stage, agent, wanted);
  await showBarePhone(stage, ports);
  await showFleet(stage);
  return successor;
}

async function tidyUp({ narrator, acs }: Stage, agent: Child): Promise<void> {
  const how = await agent.stop();
  narrator.gap();
  narrator.check(how === 0, "SIGTERM: the agent ends cleanly", () => `it ended with ${how}`);
  await acs.child.stop();
}
