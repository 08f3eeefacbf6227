import type * as z from "zod";
import type { DeepReadonly } from "../../options/option.ts";
import { type BackendContext, type OpenBackend, withoutClose } from "../built-in.ts";
import { type ConfigFileBackendOptions, createConfigFileBackend } from "./config-file-backend.ts";
import type { configFileOptions } from "./options.ts";

type OnHost = Pick<DeepReadonly<z.output<typeof configFileOptions>>, "statusFile" | "rebootCommand" | "installCommand">;

/** A phone whose firmware reads its settings file on this host. */
export async function openConfigFile(
  backend: DeepReadonly<z.output<typeof configFileOptions>>,
  context: BackendContext,
): Promise<OpenBackend> {
  return withoutClose(createConfigFileBackend(phoneOnHost(backend, context)));
}

/** The parts of every phone whose firmware reads a settings file on this host. */
export function phoneOnHost(
  { statusFile, rebootCommand, installCommand }: OnHost,
  { phone, accounts, restartKeys, host, scheduler, log, openSettings }: BackendContext,
): ConfigFileBackendOptions {
  const { softwareVersion, hardwareVersion } = phone;
  const firmware = { accounts, softwareVersion, hardwareVersion, statusFile, rebootCommand, installCommand };
  return { ...firmware, settings: openSettings(), restartKeys, host, scheduler, log };
}
