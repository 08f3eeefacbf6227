/**
 * The ACS's control channel: JSON lines. In: `{"id": 1, "do": "call", "device": "any", "rpcs": [...]}`; out:
 * `{"id": 1, "result": ...}` or `{"id": 1, "error": "..."}`, and `{"event": {...}}` for what happens meanwhile.
 */
import { messageOf } from "../../cwmp/errors.ts";
import type { AcsConsole, CallOrder, WrittenCall } from "./acs-console.ts";

/** Serves one line; resolves with the line to answer. Never rejects. */
export async function answerControlLine(line: string, acs: AcsConsole): Promise<string> {
  let id: unknown = null;
  try {
    const command: unknown = JSON.parse(line);
    if (!isRecord(command)) throw new Error("expected a JSON object");
    id = command.id ?? null;
    return JSON.stringify({ id, result: await perform(command, acs) });
  } catch (error) {
    return JSON.stringify({ id, error: messageOf(error) });
  }
}

async function perform(command: Readonly<Record<string, unknown>>, acs: AcsConsole): Promise<unknown> {
  switch (command.do) {
    case "devices":
      return await acs.devices();
    case "call":
      return await acs.call(callOrder(command));
    case "connectionRequest":
      return { status: await acs.connectionRequest(textOf(command, "device"), credentialsOf(command)) };
    case "xmppConnectionRequest":
      return { answer: await acs.xmppConnectionRequest(textOf(command, "device"), credentialsOf(command)) };
    case "udpConnectionRequest":
      await acs.udpConnectionRequest(textOf(command, "device"), credentialsOf(command));
      return null;
    default:
      throw new Error(
        `"do" is ${JSON.stringify(command.do)}; known: devices, call, connectionRequest, udpConnectionRequest, xmppConnectionRequest`,
      );
  }
}

function callOrder(command: Readonly<Record<string, unknown>>): CallOrder {
  const rpcs = command.rpcs;
  if (!Array.isArray(rpcs)) throw new Error('"rpcs" must be a list of RPCs');
  return { device: textOf(command, "device"), rpcs: rpcs.map(toWrittenCall), more: command.more === true };
}

function toWrittenCall(value: unknown): WrittenCall {
  if (typeof value === "string") return { [value]: null };
  if (isRecord(value)) return value;
  throw new Error('an RPC is a text or an object, such as {"GetParameterValues": ["Device."]}');
}

function credentialsOf(command: Readonly<Record<string, unknown>>) {
  if (command.username === undefined) return undefined;
  return { username: textOf(command, "username"), password: textOf(command, "password") };
}

function textOf(command: Readonly<Record<string, unknown>>, name: string): string {
  const value = command[name];
  if (typeof value === "string") return value;
  throw new Error(`"${name}" must be a text`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
