import * as z from "zod";
import {
  type Mismatch,
  mustFit,
  OPTION_META,
  type OptionAbout,
  optionalCommand,
  path,
  section,
  wholeNumber,
} from "../../options/option.ts";
import { configFileShape } from "../config-file/options.ts";

const MAX_TYPES = 32;

/** Types of files, by their exact texts (TR-069 A.3.2.8, A.4.1.5). */
function fileTypes(fallback: readonly string[], about: OptionAbout) {
  const allowed = `a list of file types such as ["1 Firmware Upgrade Image"], at most ${MAX_TYPES}`;
  const type = z
    .string()
    .max(64)
    .regex(/^(?:[1-9][0-9]*|X [0-9A-F]{6}) [\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/);
  const schema = z
    .array(type)
    .max(MAX_TYPES)
    .default([...fallback]);
  OPTION_META.add(schema, { ...about, kind: "list", allowed });
  return schema;
}

export const hooksOptions = section("Phone behind hooks", "External commands control the phone (docs/hooks.md).", {
  type: z.literal("hooks"),
  file: configFileShape.file,
  interface: configFileShape.interface,
  folder: path(".", {
    title: "Folder of the hooks",
    description: "The folder in which hooks run; a relative path of a program counts from it.",
    variable: "HOOKS_FOLDER",
  }),
  read: optionalCommand({
    title: "Read hook",
    description: "Program and arguments that report values: JSON lines in and out (docs/hooks.md). Default: none.",
  }),
  apply: optionalCommand({
    title: "Apply hook",
    description: "Program and arguments that apply settings to the phone and perform actions. Default: none.",
  }),
  watch: optionalCommand({
    title: "Watch hook",
    description: "Program and arguments that run permanently and report changes at the phone. Default: none.",
  }),
  reboot: optionalCommand({
    title: "Reboot hook",
    description: "Program and arguments that restart the phone. Default: none, and a reboot restarts only the agent.",
  }),
  factoryReset: optionalCommand({
    title: "Factory reset hook",
    description:
      "Program and arguments that reset everything that is not a setting of the data model; the settings follow through the apply hook. Default: none.",
  }),
  install: optionalCommand({
    title: "Install hook",
    description: "Program and arguments that install a file from the ACS. Default: none, and such files are refused.",
  }),
  produce: optionalCommand({
    title: "Produce hook",
    description:
      "Program and arguments that print a file for the ACS. Default: none, and only the settings can be uploaded, in AutoP form.",
  }),
  installTypes: fileTypes(["1 Firmware Upgrade Image", "5 Ringer File"], {
    title: "Types to install",
    description:
      "File types that the install hook accepts. Vendor configuration files are applied by the agent itself.",
  }),
  produceTypes: fileTypes(["1 Vendor Configuration File"], {
    title: "Types to produce",
    description: "File types that the produce hook prints. The vendor log file is the agent's own.",
  }),
  readEverySeconds: wholeNumber({ min: 0, max: 86_400 }, 60, {
    title: "Read interval",
    description:
      "How often all values are read, to notice changes at the phone. 0: only at a start and when the ACS asks.",
    unit: "seconds",
    variable: "HOOKS_READ_EVERY_SECONDS",
  }),
  limitSeconds: wholeNumber({ min: 1, max: 600 }, 30, {
    title: "Time limit",
    description: "Time limit of the read and apply hooks. A hook that takes longer is ended.",
    unit: "seconds",
    variable: "HOOKS_LIMIT_SECONDS",
  }),
  longLimitSeconds: wholeNumber({ min: 1, max: 86_400 }, 900, {
    title: "Long time limit",
    description: "Time limit of the reboot, factoryReset, install and produce hooks.",
    unit: "seconds",
    variable: "HOOKS_LONG_LIMIT_SECONDS",
  }),
  rebootWaitSeconds: wholeNumber({ min: 0, max: 3600 }, 30, {
    title: "Wait after a reboot",
    description:
      "How long the agent waits for the phone to stop it, after the reboot hook has succeeded. 0: the hook ends when the phone is up again.",
    unit: "seconds",
    variable: "HOOKS_REBOOT_WAIT_SECONDS",
  }),
});
mustFit(hooksOptions, checkHooks);

export const HOOKS = ["read", "apply", "watch", "reboot", "factoryReset", "install", "produce"] as const;
/** File types that the agent itself handles. */
const OWN_TYPES = { installTypes: "3 Vendor Configuration File", produceTypes: "2 Vendor Log File" } as const;

/** At least one hook, and no file type of the agent's own. */
function checkHooks(settings: z.output<typeof hooksOptions>): readonly Mismatch[] {
  const mismatches: Mismatch[] = [];
  if (HOOKS.every((hook) => settings[hook] === null)) {
    const message = `backend.type hooks needs at least one of ${HOOKS.join(", ")}`;
    mismatches.push({ at: ["type"], code: "INCOMPLETE", message });
  }
  for (const option of ["installTypes", "produceTypes"] as const) {
    if (!settings[option].includes(OWN_TYPES[option])) continue;
    const message = `backend.${option} must not hold "${OWN_TYPES[option]}": that is the agent's own`;
    mismatches.push({ at: [option], code: "WRONG_VALUE", message });
  }
  return mismatches;
}
