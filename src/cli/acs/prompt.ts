import { messageOf } from "../../cwmp/errors.ts";
import { printable } from "../../system/printable.ts";
import type { AcsConsole, WrittenCall } from "./acs-console.ts";
import { outcomeLines } from "./outcome-lines.ts";
import { TRANSFER_HELP, transferCall } from "./transfer-commands.ts";

export const PROMPT_HELP = `  devices                       the phones that have contacted this ACS
  cr                            send a connection request: the phone opens a session now
  xmpp-cr                       the same over XMPP, to its ConnReqJabberID (docs/xmpp.md)
  udp-cr                        the same by UDP, to its UDPConnectionRequestAddress: through a NAT (docs/nat.md)
  get PATH ...                  read parameters; a path that ends with a dot stands for all below it
  names PATH                    the objects and parameters below PATH, and which are writable
  set PATH=VALUE ...            write parameters, all or none; quote values with spaces: "PATH=a b"
  notify PATH=off|passive|active ...   how the phone reports a change
  add PATH.  |  delete PATH.N.  add or delete an object
  reboot                        restart the phone
  factory-reset                 reset the phone to its factory values
  download firmware|config FILE|URL   the phone downloads a file: help download
  upload config|log [URL]       the phone uploads a file: help upload
  schedule firmware|config FILE|URL START END   in a time window: help schedule
  help COMMAND                  usage of a command
  quit                          exit
With more than one phone begin with @SERIAL, such as: @0C1105000001 get Device.LAN.
`;

/** The result of a typed line: nothing, quit, or text to print when it is done. */
export type PromptAnswer = { readonly kind: "quit" } | { readonly kind: "text"; readonly text: string };

/** Runs one line; an RPC is queued for the phone's next session, and a connection request is sent. Never rejects. */
export async function answerPromptLine(line: string, acs: AcsConsole): Promise<PromptAnswer> {
  const words = splitWords(line);
  const serial = words[0]?.startsWith("@") ? words.shift()?.slice(1) : undefined;
  const [command = "", ...rest] = words;
  if (command === "quit" || command === "exit") return { kind: "quit" };
  try {
    return { kind: "text", text: await perform(command, rest, serial, acs) };
  } catch (error) {
    return { kind: "text", text: `${printable(messageOf(error))}\n` };
  }
}

async function perform(
  command: string,
  rest: readonly string[],
  serial: string | undefined,
  acs: AcsConsole,
): Promise<string> {
  if (command === "") return "";
  if (command === "help" || command === "?") return helpOf(rest[0]);
  if (command === "devices") return await deviceList(acs);
  const sendRequest = REQUESTS.get(command);
  const written = sendRequest === undefined ? toWrittenCall(command, rest) : null;
  const device = serial ?? (await onlyDevice(acs));
  if (written !== null) return await callNow(device, written, acs);
  // The result is shown as an event.
  await sendRequest?.(acs, device);
  return "";
}

type SendRequest = (acs: AcsConsole, device: string) => Promise<unknown>;

const REQUESTS: ReadonlyMap<string, SendRequest> = new Map<string, SendRequest>([
  ["cr", (acs, device) => acs.connectionRequest(device)],
  ["xmpp-cr", (acs, device) => acs.xmppConnectionRequest(device)],
  ["udp-cr", (acs, device) => acs.udpConnectionRequest(device)],
]);

/** In the order of the help. */
export const PROMPT_COMMANDS: readonly string[] = [
  ...["devices", "cr", "xmpp-cr", "udp-cr", "get", "names", "set", "notify", "add", "delete", "reboot"],
  ...["factory-reset", "download", "upload", "schedule", "help", "quit"],
];

/** The whole help, or that of one command. */
function helpOf(command: string | undefined): string {
  if (command === undefined) return PROMPT_HELP;
  if (!PROMPT_COMMANDS.includes(command)) throw new Error(`unknown command "${command}"; help lists them`);
  const lines = PROMPT_HELP.split("\n").filter((line) => line.split(/[\s|]+/, 20).includes(command));
  return TRANSFER_HELP[command] ?? `${lines[0]?.trim() ?? command}\n`;
}

function toWrittenCall(command: string, rest: readonly string[]): WrittenCall {
  const transfer = transferCall(command, rest);
  if (transfer !== null) return transfer;
  switch (command) {
    case "get":
      return { GetParameterValues: needed(rest, "get PATH") };
    case "names":
      return { GetParameterNames: { path: needed(rest, "names PATH")[0] } };
    case "set":
      return { SetParameterValues: { values: pairs(needed(rest, "set PATH=VALUE")) } };
    case "notify":
      return { SetParameterAttributes: pairs(needed(rest, "notify PATH=active")) };
    case "add":
      return { AddObject: needed(rest, "add PATH.")[0] };
    case "delete":
      return { DeleteObject: needed(rest, "delete PATH.N.")[0] };
    case "reboot":
      return { Reboot: {} };
    case "factory-reset":
      return { FactoryReset: null };
    default:
      throw new Error(`unknown command "${command}"; help lists them`);
  }
}

async function callNow(device: string, written: WrittenCall, acs: AcsConsole): Promise<string> {
  const outcomes = acs.call({ device, rpcs: [written] });
  // Failures after the caller has stopped waiting are ignored.
  outcomes.catch(() => {});
  const status = await acs.connectionRequest(device).catch(messageOf);
  const comes = status === 200 || status === 204;
  // Then the caller must not wait: the phone's next own session may be hours away.
  if (!comes)
    return `the phone refused the connection request (${printable(String(status))}): the command runs in its next session\n`;
  const lines = (await outcomes).flatMap(outcomeLines);
  return lines.map((line) => `${line}\n`).join("");
}

async function deviceList(acs: AcsConsole): Promise<string> {
  const devices = await acs.devices();
  if (devices.length === 0) return "no phone has contacted this ACS yet\n";
  return devices
    .map(({ id, connectionRequestUrl }) => `${printable(`${id}  ${connectionRequestUrl ?? ""}`)}\n`)
    .join("");
}

async function onlyDevice(acs: AcsConsole): Promise<string> {
  const [first, ...others] = await acs.devices();
  if (first === undefined) throw new Error("no phone has contacted this ACS yet");
  if (others.length > 0) throw new Error("several phones have contacted this ACS: begin with @SERIAL");
  return first.id;
}

function needed(rest: readonly string[], usage: string): readonly string[] {
  if (rest.length === 0) throw new Error(`usage: ${usage}`);
  return rest;
}

function pairs(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf("=");
      if (equals < 1) throw new Error(`expected PATH=VALUE, found "${word}"`);
      return [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}

/** Words between blanks; double quotes keep blanks together. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) => word.replaceAll('"', ""));
}
