import * as z from "zod";
import { isDateTime } from "../../model/date-time.ts";
import { OPTION_META, optionalText, section, wholeNumber } from "../../options/option.ts";
import { parseTemplate, TEMPLATE_HELP } from "../fleet/template.ts";

/** Each path is checked against the data model of the clone. The phone computes the value on each read. */
export const MAX_CLONE_VALUES = 1000;
const MAX_CHOICES = 1000;
const MAX_SECONDS = 31_536_000;
const LARGEST = Number.MAX_SAFE_INTEGER;

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const everySeconds = wholeNumber({ min: 1, max: MAX_SECONDS }, 1, {
  title: "Time between",
  description: "Time from one value to the next.",
  unit: "seconds",
});

const integer = (title: string, description: string) =>
  wholeNumber({ min: -LARGEST, max: LARGEST }, 0, { title, description });

const counter = section("Counter", "A number that grows; after the largest one it begins again at the smallest.", {
  generator: z.literal("counter"),
  from: integer("First value", "What it begins with."),
  step: wholeNumber({ min: 1, max: LARGEST }, 1, { title: "Step", description: "By how much it grows each time." }),
  everySeconds,
  since: optionalText(
    { max: 40, allowed: "a time in UTC such as 2026-01-31T18:30:00Z", matches: isInstant },
    {
      title: "Since",
      description: "When it had its first value: a restart changes nothing. Default: it begins anew at each restart.",
    },
  ),
});

const walk = section("Random walk", "A number that goes up and down at random.", {
  generator: z.literal("walk"),
  from: integer("First value", "What it begins with."),
  min: integer("Smallest value", "It goes no lower."),
  max: integer("Largest value", "It goes no higher."),
  step: wholeNumber({ min: 1, max: LARGEST }, 1, {
    title: "Step",
    description: "By how much it moves each time, at most.",
  }),
  everySeconds,
});

const pick = section("Choice", "One of several values, drawn at random.", {
  generator: z.literal("choice"),
  of: choices(),
  everySeconds,
});

const uptime = section("Uptime", "Seconds since the phone's last start.", { generator: z.literal("uptime") });

function choices() {
  const schema = z.array(scalar).min(1).max(MAX_CHOICES);
  const allowed = `a list of values, at least one and at most ${MAX_CHOICES}`;
  OPTION_META.add(schema, { title: "Choices", description: "What it is one of.", kind: "list", allowed });
  return schema;
}

/** By their names. */
export const GENERATORS = { uptime, counter, choice: pick, walk } as const;
export type GeneratorName = keyof typeof GENERATORS;
export const GENERATOR_NAMES = Object.keys(GENERATORS) as readonly GeneratorName[];

const generator = z.discriminatedUnion("generator", [uptime, counter, pick, walk]);
export type GeneratorSettings = z.output<typeof generator>;

export function isTemplate(text: string): boolean {
  return parseTemplate(text) !== null;
}

/** A value that replaces the dump's: a template, or a group with a generator. */
export type CloneValue = string | GeneratorSettings;

export function cloneValues() {
  const schema = z
    .record(z.string(), z.union([scalar.refine(isTemplate), generator]))
    .refine((values) => Object.keys(values).length <= MAX_CLONE_VALUES)
    .default({});
  OPTION_META.add(schema, {
    title: "Values of a clone",
    description: `Paths of parameters with values in the place of the dump's (docs/clone.md): a text in which ${TEMPLATE_HELP}, or a group with generator: ${GENERATOR_NAMES.join(", ")}.`,
    kind: "group",
    allowed: `a group of at most ${MAX_CLONE_VALUES} paths, each with a text or a group with a generator`,
  });
  return schema;
}

function isInstant(text: string): boolean {
  return isDateTime(text) && !Number.isNaN(Date.parse(text));
}
