import { isIP } from "node:net";
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
import { IDENTITY, IPV4 } from "../../options/text-rules.ts";

const SIP_MODES = ["rules", "real"] as const;
const SIP_ADDRESS = { max: 45, allowed: "an IPv4 or IPv6 address", matches: (text: string) => isIP(text) !== 0 };

const MAX_PATTERNS = 100;
const INSTALL_FAULTS = ["9018", "9019", "9010", "9002"] as const;

/** Patterns for names, in which `*` matches any text. */
function patterns(about: OptionAbout) {
  const allowed = `a list of names such as [pbx.example.com, "10*"], at most ${MAX_PATTERNS}`;
  const schema = z.array(z.string().min(1).max(256)).max(MAX_PATTERNS).default([]);
  OPTION_META.add(schema, { ...about, kind: "list", allowed });
  return schema;
}

const registrar = section("Registrar", "Simulated answers to the lines' registrations; no server is contacted.", {
  unreachable: patterns({
    title: "Unreachable servers",
    description: "SIP servers that never answer: Registering for 32 seconds, then Error, and again after a minute.",
  }),
  refused: patterns({
    title: "Refused users",
    description: "User names that the registrar refuses: Error.",
  }),
});

const VOICES = ["silence", "echo"] as const;

const calls = section("Calls", "How the simulated user handles calls, if the lines use SIP.", {
  answer: flag(true, { title: "Answer", description: "Whether calls are answered." }),
  answerSeconds: wholeNumber({ min: 0, max: 3600 }, 2, {
    title: "Time of ringing",
    description: "How long the phone rings before a call is answered.",
    unit: "seconds",
  }),
  voice: choice(VOICES, "silence", {
    title: "Voice",
    description: "Voice of a call: each received packet is answered with silence, or with itself (echo).",
  }),
});

const firmware = section("Firmware that fails", "In addition to what an image says itself (docs/firmware-image.md).", {
  refuse: patterns({
    title: "Refused versions",
    description: "Versions that cannot be installed.",
  }),
  bootLoop: patterns({
    title: "Versions that do not start",
    description: "Versions that are installed but do not start: after three tries the phone runs the old one again.",
  }),
  failPercent: wholeNumber({ min: 0, max: 100 }, 0, {
    title: "Failing installations",
    description: "Percentage of firmware installations that fail.",
    unit: "percent",
  }),
  faultCode: choice(INSTALL_FAULTS, "9018", {
    title: "Fault code",
    description: "FaultCode in the TransferComplete of a failed installation.",
  }),
});

export const simulatedOptions = section("Simulated phone", "The phone exists only in this program.", {
  type: z.literal("simulated"),
  file: optionalPath({
    title: "Phone's file",
    description: "Settings in AutoP form; created if it is missing. Default: phone.cfg in the state folder.",
    variable: "PHONE_FILE",
  }),
  inMemory: flag(false, {
    title: "In memory",
    description: "Whether settings and state are kept in memory: all is lost when the process ends.",
    variable: "IN_MEMORY",
  }),
  ip: optionalText(IPV4, {
    title: "IP address",
    description: "The LAN address that the simulated phone reports. Default: that of this host.",
    variable: "IP",
  }),
  rebootSeconds: wholeNumber({ min: 0, max: 3600 }, 5, {
    title: "Reboot time",
    description: "How long a reboot takes.",
    unit: "seconds",
  }),
  rebootSpreadSeconds: wholeNumber({ min: 0, max: 3600 }, 0, {
    title: "Spread of the reboot time",
    description: "Random time, at most this, that a reboot takes longer.",
    unit: "seconds",
  }),
  seed: optionalText(IDENTITY, {
    title: "Seed",
    description: "The same seed makes the phone behave the same in every run. Default: a random one.",
    variable: "SEED",
  }),
  script: optionalPath({
    title: "Script of a user",
    description: "A YAML file that says what a person does at the phone (docs/simulated-phone.md). Default: none.",
    variable: "SCRIPT",
  }),
  ntp: flag(false, {
    title: "Time servers",
    description:
      "Whether the servers of Device.Time. are queried, to show the offset of this host's clock; no clock is set.",
    variable: "NTP",
  }),
  driftSeconds: wholeNumber({ min: 0, max: 31_536_000 }, 0, {
    title: "Configuration drift",
    description: "Mean time between random changes of settings, within their allowed values. 0: no changes.",
    unit: "seconds",
  }),
  sip: choice(SIP_MODES, "rules", {
    title: "SIP",
    description:
      "rules: registrations follow the rules below, and no server is contacted. real: lines register by SIP at the server of their account.",
    variable: "SIP",
  }),
  sipAddress: text(SIP_ADDRESS, "127.0.0.1", {
    title: "SIP address",
    description:
      "The address of this host for SIP. 0.0.0.0 or :: is every address, which is needed for servers on other hosts.",
    variable: "SIP_ADDRESS",
  }),
  sipPort: optionalNumber(
    { min: 0, max: 65_535 },
    {
      title: "SIP port",
      description: "The UDP port of SIP; 0: any free one. Default: that of the account, SIP.ListenPort.",
      variable: "SIP_PORT",
    },
  ),
  calls: calls.prefault({}),
  registrar: registrar.prefault({}),
  firmware: firmware.prefault({}),
});
