import * as z from "zod";
import { choice, OPTION_META, type OptionAbout, optionalText, section, wholeNumber } from "../../options/option.ts";
import { IDENTITY } from "../../options/text-rules.ts";
import { parseTemplate, TEMPLATE_HELP } from "./template.ts";

const MAX_SECONDS = 31_536_000;
const MAX_ENTRIES = 1000;
const MAX_SETTINGS = 100;

/** Events that happen to real phones. */
export const SCENARIO_KINDS = [
  "rebootStorm",
  "acsOutage",
  "firmwareCampaign",
  "valueChanges",
  "linesFlap",
  "powerCut",
  "rollOut",
] as const;

/** Faulty behaviour of a phone towards its ACS. */
export const MISBEHAVIOURS = [
  "drop",
  "halfClose",
  "slowBody",
  "dribble",
  "duplicateInform",
  "wrongId",
  "malformedXml",
  "faultPerRpc",
  "hugeValues",
  "clockSkew",
  "sameIdentity",
  "foreignSession",
] as const;
export type Misbehaviour = (typeof MISBEHAVIOURS)[number];

const groups = (): ReturnType<typeof listOfNames> =>
  listOfNames({ title: "Groups", description: "Names of the groups that it applies to. Empty: all." });

function listOfNames(about: OptionAbout) {
  const schema = z.array(z.string().min(1).max(32)).max(MAX_ENTRIES).default([]);
  OPTION_META.add(schema, { ...about, kind: "list", allowed: "a list of names of groups" });
  return schema;
}

const share = wholeNumber({ min: 1, max: 100 }, 100, {
  title: "Share",
  description: "The share of these phones that it applies to; which ones depends only on the seed.",
  unit: "percent",
});

const seconds = (fallback: number, about: OptionAbout, min = 0) =>
  wholeNumber({ min, max: MAX_SECONDS }, fallback, { ...about, unit: "seconds" });

function settingsToSet() {
  const value = z.string().refine((text) => parseTemplate(text) !== null);
  const schema = z
    .record(z.string(), value)
    .refine((set) => Object.keys(set).length <= MAX_SETTINGS)
    .default({});
  OPTION_META.add(schema, {
    title: "Set",
    description: `For valueChanges and rollOut: paths of parameters, or keys of the phone's file, with their new values; ${TEMPLATE_HELP}, and {i} grows with each repetition.`,
    kind: "group",
    allowed: "a group of paths with texts",
  });
  return schema;
}

const scenario = section("Scenario", "What happens to phones.", {
  kind: choice(SCENARIO_KINDS, "rebootStorm", {
    title: "Kind",
    description:
      "rebootStorm: they restart. acsOutage: nothing gets through to the ACS. firmwareCampaign: they install a version and restart. valueChanges, rollOut: settings change at the phone, at random times or one phone after the other. linesFlap: account 1 goes and comes back. powerCut: the power goes and comes back.",
  }),
  groups: groups(),
  sharePercent: share,
  atSeconds: seconds(0, { title: "Time", description: "When it begins, after the start of the fleet." }),
  overSeconds: seconds(0, { title: "Period", description: "Time in which it reaches all the phones. 0: all at once." }),
  forSeconds: seconds(
    30,
    { title: "Length", description: "How long an outage, a power cut or the loss of a line lasts." },
    1,
  ),
  times: wholeNumber({ min: 1, max: 100_000 }, 1, { title: "Times", description: "How often it happens." }),
  everySeconds: seconds(60, { title: "Distance", description: "Time from one to the next." }, 1),
  set: settingsToSet(),
  version: optionalText(IDENTITY, {
    title: "Version",
    description: "Version of a firmwareCampaign. Default: 99.0.0.1.",
  }),
});

const misbehaviour = section("Misbehaviour", "Faults of phones, to test an ACS. Other phones behave correctly.", {
  fault: choice(MISBEHAVIOURS, "drop", {
    title: "Fault",
    description:
      "drop: the connection breaks before message `step`. halfClose: half an Inform, then the end of the stream. slowBody: a pause of delayMs in the Inform. dribble: an Inform byte by byte, delayMs apart. duplicateInform: the Inform twice. wrongId: answers with another cwmp:ID. malformedXml: a message is cut off. faultPerRpc: each RPC is answered with fault 9002. hugeValues: an answer with a value of `bytes`. clockSkew: CurrentTime is `skewSeconds` off. sameIdentity: the phone says that it is the one before it. foreignSession: it sends a message in the session of another phone that does so.",
  }),
  groups: groups(),
  sharePercent: share,
  everySessions: wholeNumber({ min: 1, max: 1_000_000 }, 1, {
    title: "Sessions",
    description: "The fault occurs in each session whose number is a multiple of this.",
  }),
  step: wholeNumber({ min: 1, max: 10_000 }, 2, {
    title: "Step",
    description: "For drop and malformedXml: the message of a session, from 1.",
  }),
  delayMs: wholeNumber({ min: 1, max: 600_000 }, 100, {
    title: "Delay",
    description: "For slowBody and dribble.",
    unit: "milliseconds",
  }),
  bytes: wholeNumber({ min: 1, max: 268_435_456 }, 1_048_576, {
    title: "Size",
    description: "For hugeValues.",
    unit: "bytes",
  }),
  skewSeconds: wholeNumber({ min: -2_000_000_000, max: 2_000_000_000 }, -31_536_000, {
    title: "Skew",
    description: "For clockSkew.",
    unit: "seconds",
  }),
});

export type ScenarioSettings = z.output<typeof scenario>;
export type MisbehaviourSettings = z.output<typeof misbehaviour>;

/** A reboot storm of all phones at once, now. */
export const SCENARIO_DEFAULTS: ScenarioSettings = scenario.parse({});

export function scenarios() {
  const schema = z.array(scenario).max(MAX_ENTRIES);
  OPTION_META.add(schema, {
    title: "Scenarios",
    description: "What happens to phones while the fleet runs.",
    kind: "list",
    allowed: `a list of scenarios, at most ${MAX_ENTRIES}`,
  });
  return schema.prefault([]);
}

export function misbehaviours() {
  const schema = z.array(misbehaviour).max(MAX_ENTRIES);
  OPTION_META.add(schema, {
    title: "Misbehaviour",
    description: "Faults of phones, to test an ACS.",
    kind: "list",
    allowed: `a list of faults, at most ${MAX_ENTRIES}`,
  });
  return schema.prefault([]);
}
