import { join } from "node:path";
import type { TestContext } from "node:test";
import { COMMANDS } from "../../src/cli/commands.ts";
import { runCli } from "../../src/cli/program.ts";
import { startControlServer } from "../../src/control/control-server.ts";
import { type ApiUnderTest, type ApiUnderTestOptions, createApiUnderTest } from "./api-under-test.ts";
import { capturedIo } from "./captured-io.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface Person {
  readonly columns: number;
  readonly answer: string;
}

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line of a running agent. @param person at a terminal; absent: a pipe */
export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  person?: Person,
  stdin = "",
): Promise<Ended> {
  const captured = capturedIo(env, person, stdin);
  const exitCode = await runCli(args, captured.io, COMMANDS);
  return { exitCode, stdout: captured.stdout(), stderr: captured.stderr() };
}

export interface ListeningAgent extends ApiUnderTest {
  readonly socket: string;
  readonly folder: string;
  run(args: readonly string[], person?: Person, stdin?: string): Promise<Ended>;
}

/** A real agent with its API at a Unix socket, until the test ends. */
export async function listeningAgent(t: TestContext, options: ApiUnderTestOptions = {}): Promise<ListeningAgent> {
  const folder = await temporaryFolder(t);
  const socket = join(folder, "control.sock");
  const tested = await createApiUnderTest(options);
  const server = await startControlServer(async () => tested.api, socket);
  t.after(() => server.close());
  const env = { AKUVOX_CPE_CONTROL_SOCKET: socket };
  return { ...tested, socket, folder, run: (args, person, stdin) => runCommand(args, env, person, stdin) };
}
