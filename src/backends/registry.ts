import * as z from "zod";
import { type DeepReadonly, OPTION_META } from "../options/option.ts";
import type { BackendContext, OpenBackend } from "./built-in.ts";
import { openConfigFile } from "./config-file/open.ts";
import { configFileOptions } from "./config-file/options.ts";
import { openHooks } from "./hooks/open.ts";
import { hooksOptions } from "./hooks/options.ts";
import { openLinux } from "./linux/open.ts";
import { linuxOptions } from "./linux/options.ts";
import { plugInOptions } from "./plugin/options.ts";
import { openSimulated } from "./simulated/open.ts";
import { simulatedOptions } from "./simulated/options.ts";

/** The options of each backend, with their cross-checks; the first is the default. */
const OPTIONS = [configFileOptions, linuxOptions, hooksOptions, simulatedOptions, plugInOptions] as const;

type BackendSettings = DeepReadonly<z.output<(typeof OPTIONS)[number]>>;
export type BackendType = BackendSettings["type"];
type SettingsOf<T extends BackendType> = Extract<BackendSettings, { readonly type: T }>;

interface BuiltIn<T extends BackendType> {
  /** Its description, as the end of the sentence "the phone is …". */
  readonly about: string;
  /** Throws AgentError CONFIG or BACKEND_IO. */
  open(settings: SettingsOf<T>, context: BackendContext): Promise<OpenBackend>;
}

/** Every built-in backend: a new one is added here, to the options above and to config.example.yaml. */
const BACKENDS: { readonly [T in BackendType]: BuiltIn<T> } = {
  "config-file": {
    about: "the phone's own settings file on this host",
    open: openConfigFile,
  },
  linux: {
    about: "the same, with the network and the clock of this host",
    open: openLinux,
  },
  hooks: {
    about: "a phone that external commands control",
    open: openHooks,
  },
  simulated: {
    about: "a phone that exists only in this program",
    open: openSimulated,
  },
  "plug-in": {
    about: "a module of your own",
    // Loaded on demand: threads are needed for a plug-in alone.
    open: async (settings, context) => (await import("./plugin/open.ts")).openPlugInPhone(settings, context),
  },
};

export const BACKEND_TYPES = Object.keys(BACKENDS) as readonly BackendType[];
export const DEFAULT_BACKEND: BackendType = OPTIONS[0].shape.type.value;

for (const { shape } of OPTIONS) {
  OPTION_META.add(shape.type, {
    title: "Backend",
    description: BACKEND_TYPES.map((type) => `${type}: ${BACKENDS[type].about}.`).join(" "),
    variable: "BACKEND",
    kind: "choice",
    allowed: `one of ${BACKEND_TYPES.join(", ")}`,
  });
}

/** The group `backend` of the settings: the options of one of them. */
export const backend = z.discriminatedUnion("type", OPTIONS);
OPTION_META.add(backend, {
  title: "Backend",
  description: "Where the phone's settings and live values come from.",
  kind: "section",
  allowed: "a group of settings: keys below it, indented; or the path of a plug-in, such as ./my-phone.mjs",
  // Only the backend of that type can read it.
  mismatches: (stated) => OPTIONS.flatMap((options) => OPTION_META.get(options)?.mismatches?.(stated) ?? []),
});

/** Opens the phone of the settings. Throws AgentError CONFIG or BACKEND_IO if it cannot be opened. */
export function openBackend<T extends BackendType>(
  settings: SettingsOf<T> & { readonly type: T },
  context: BackendContext,
): Promise<OpenBackend> {
  return BACKENDS[settings.type].open(settings, context);
}
