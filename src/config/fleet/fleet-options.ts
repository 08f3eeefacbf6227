import * as z from "zod";
import {
  choice,
  flag,
  OPTION_META,
  type OptionAbout,
  optionalNumber,
  optionalPath,
  optionalText,
  section,
  text,
  wholeNumber,
} from "../../options/option.ts";
import { ACS_URL, IDENTITY, MAC } from "../../options/text-rules.ts";
import { misbehaviours, scenarios } from "./scenario-options.ts";
import { parseTemplate, TEMPLATE_HELP } from "./template.ts";
import { parseThreshold, THRESHOLD_FIGURES } from "./thresholds.ts";

const MAX_PHONES = 1_000_000;
const MAX_GROUPS = 1000;
const MAX_THRESHOLDS = 100;
const MAX_SECONDS = 31_536_000;
const TEMPLATE = {
  max: 256,
  allowed: `text on one line; ${TEMPLATE_HELP}`,
  matches: (value: string) => parseTemplate(value) !== null,
};
const SECRET_TEMPLATE = { ...TEMPLATE, secret: true };

/** Settings as in config.yaml. They are checked after the settings of all groups have been merged in. */
function settings(about: OptionAbout) {
  const schema = z.record(z.string(), z.unknown()).default({});
  OPTION_META.add(schema, { ...about, kind: "group", allowed: "a group of settings as in config.yaml" });
  return schema;
}

const login = (title: string, description: string) =>
  section(title, description, {
    username: optionalText(TEMPLATE, { title: "User name", description: "Default: that of the settings." }),
    password: optionalText(SECRET_TEMPLATE, { title: "Password", description: "Default: that of the settings." }),
  });

const group = section("Group", "Phones of one kind.", {
  name: text(
    {
      max: 32,
      allowed: "lower-case letters, digits and dashes, beginning with a letter",
      matches: (name) => /^[a-z][a-z0-9-]*$/.test(name),
    },
    "phones",
    { title: "Name", description: "What the group is called in figures, logs and names of phones." },
  ),
  count: wholeNumber({ min: 1, max: MAX_PHONES }, 1, { title: "Phones", description: "Number of phones." }),
  firstIndex: optionalNumber(
    { min: 0, max: 281_474_976_710_655 },
    {
      title: "First index",
      description:
        "The number {i} of the first phone of the group; the others count on from there. Default: after the last phone of the group before, or 1.",
    },
  ),
  serialNumber: optionalText(
    { ...TEMPLATE, max: 64 },
    { title: "Serial number", description: "A template. Default: the MAC address in upper case, without colons." },
  ),
  mac: optionalText(MAC, {
    title: "First MAC address",
    description: "Of a phone with the number 0: each adds its own number. Default: the OUI and 00:00:00.",
  }),
  clone: optionalPath(
    {
      title: "Clone",
      description:
        "A dump of a device (docs/clone.md): these phones are clones of it. Default: as the settings of the fleet say.",
    },
    "file",
  ),
  acsLogin: login("ACS login", "What each phone logs in to the ACS with: templates.").prefault({}),
  acsLoginsFile: optionalPath(
    {
      title: "File with ACS logins",
      description:
        "user:password on a line for each phone of the group, in their order, instead of templates. Default: none.",
    },
    "file",
  ),
  connectionRequestLogin: login(
    "Connection request login",
    "What the ACS logs in to each phone with: templates.",
  ).prefault({}),
  settings: settings({
    title: "Settings",
    description: "Settings of these phones as in config.yaml. They override those for all groups.",
  }),
});

const ramp = section("Ramp", "How fast phones are started.", {
  perSecond: wholeNumber({ min: 1, max: 100_000 }, 10, {
    title: "Rate",
    description: "Maximum number of phones that are started in a second.",
  }),
  overSeconds: optionalNumber(
    { min: 1, max: MAX_SECONDS },
    { title: "Period", description: "Time in which all phones are started, instead of at that rate. Default: none." },
  ),
  slowLatencyMs: wholeNumber({ min: 1, max: 600_000 }, 5000, {
    title: "Slow answers",
    description:
      "If 95 of 100 answers take longer than this for several seconds, or one is 503, phones are started at half the rate until the ACS has recovered.",
    unit: "milliseconds",
  }),
});

/** The option table of fleet.yaml. */
export const FLEET = section("akuvox-cpe fleet", "Many simulated phones in one process, to size or test an ACS.", {
  acs: text(ACS_URL, "", {
    title: "ACS URL",
    description: "Where all phones send their TR-069 messages. Empty: as the settings say.",
  }),
  clone: optionalPath(
    {
      title: "Clone",
      description:
        "A dump of a device (docs/clone.md): phones of groups that name none are clones of it. Default: none.",
    },
    "file",
  ),
  iOwnThisAcs: flag(false, {
    title: "It is your own ACS",
    description:
      "An ACS whose address is neither of this host nor private is refused unless this is true: never load an ACS that is not yours.",
  }),
  seed: optionalText(IDENTITY, {
    title: "Seed",
    description: "The same seed makes the phones behave the same in every run. Default: a random one.",
  }),
  durationSeconds: optionalNumber(
    { min: 1, max: MAX_SECONDS },
    { title: "Duration", description: "The fleet ends after this time. Default: it runs until it is stopped." },
  ),
  drainSeconds: wholeNumber({ min: 0, max: 3600 }, 5, {
    title: "Drain",
    description: "At the end, sessions that are open may go on for so long before they are broken off.",
    unit: "seconds",
  }),
  ramp: ramp.prefault({}),
  openSessions: wholeNumber({ min: 1, max: 100_000 }, 200, {
    title: "Open sessions",
    description: "Maximum number of open sessions; others wait for their turn.",
  }),
  udpSockets: wholeNumber({ min: 0, max: 1000 }, 0, {
    title: "UDP sockets",
    description:
      "UDP sockets that the phones share for STUN and UDP connection requests (TR-069 Annex G). 0: the phones take no UDP connection requests.",
  }),
  stateFolder: optionalPath({
    title: "State folder",
    description:
      "Folder of the phones' state and settings. The phones use them again when the fleet is restarted. Default: none, and both are lost when the process ends.",
  }),
  periodicPhases: choice(["random", "even"], "random", {
    title: "Phases of periodic Informs",
    description:
      "random: each phone picks one, as phones do. even: PeriodicInformTime spreads them evenly over the interval.",
  }),
  thresholds: thresholds(),
  settings: settings({
    title: "Settings",
    description: "Settings of all phones and of this process as in config.yaml.",
  }),
  groups: groups(),
  scenarios: scenarios(),
  misbehaviour: misbehaviours(),
});

export type FleetSettings = z.output<typeof FLEET>;
export type GroupSettings = FleetSettings["groups"][number];

function thresholds() {
  const schema = z
    .array(z.string().refine((line) => parseThreshold(line) !== null))
    .max(MAX_THRESHOLDS)
    .default([]);
  OPTION_META.add(schema, {
    title: "Thresholds",
    description: `What must hold at the end, else the exit code is 1. Figures: ${Object.keys(THRESHOLD_FIGURES).join(", ")}.`,
    kind: "list",
    allowed: `a list of bounds such as ["p95 < 500ms", "faults == 0", "failureRate < 1%"], at most ${MAX_THRESHOLDS}`,
  });
  return schema;
}

function groups() {
  const schema = z.array(group).min(1).max(MAX_GROUPS);
  OPTION_META.add(schema, {
    title: "Groups",
    description: "The phones of the fleet.",
    kind: "list",
    allowed: `a list of groups, at least one and at most ${MAX_GROUPS}`,
  });
  return schema.prefault([{}]);
}
