import * as z from "zod";
import {
  type Mismatch,
  mustFit,
  OPTION_META,
  type OptionAbout,
  optionalPath,
  section,
  wholeNumber,
} from "../../options/option.ts";

/** Only the module itself interprets these. */
function anyGroup(about: OptionAbout) {
  const schema = z.record(z.string(), z.unknown()).default({});
  OPTION_META.add(schema, { ...about, kind: "group", allowed: "a group of options of the module" });
  return schema;
}

export const plugInOptions = section("Plug-in", "A module of your own is the phone.", {
  type: z.literal("plug-in"),
  module: optionalPath(
    {
      title: "Plug-in",
      description: "The module that is the phone (docs/backends.md), such as ./my-phone.mjs.",
      variable: "PLUG_IN",
    },
    "file",
  ),
  file: optionalPath({
    title: "Phone's file",
    description:
      "Settings in AutoP form, if the module leaves them to the program. Default: plug-in/phone.cfg in the state folder.",
    variable: "PHONE_FILE",
  }),
  callSeconds: wholeNumber({ min: 1, max: 3600 }, 10, {
    title: "Call time",
    description: "Time limit of a call of the module. A module that takes longer is ended and reloaded.",
    unit: "seconds",
  }),
  longCallSeconds: wholeNumber({ min: 1, max: 86_400 }, 300, {
    title: "Long call time",
    description: "Time limit of calls that wait for the phone: start, reboot, factory reset, files.",
    unit: "seconds",
  }),
  options: anyGroup({
    title: "Options of the plug-in",
    description: "Passed to the module unchanged.",
  }),
});
mustFit(plugInOptions, checkPlugIn);

function checkPlugIn({ module }: { readonly module: string | null }): readonly Mismatch[] {
  const message = "backend.type plug-in also needs backend.module, such as ./my-phone.mjs";
  return module === null ? [{ at: ["type"], code: "INCOMPLETE", message }] : [];
}
