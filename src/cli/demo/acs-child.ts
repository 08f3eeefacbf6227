import { createInterface } from "node:readline";
import type { RpcOutcome } from "../../acs/calls.ts";
import type { ConnectionRequestCredentials } from "../../acs/devices.ts";
import type { AcsEvent } from "../../acs/events.ts";
import type { AcsConsole, CallOrder, DeviceSummary } from "../acs/acs-console.ts";
import type { Child, Children } from "./child.ts";
import { waitUntil } from "./wait.ts";

export interface Listening {
  readonly kind: "listening";
  readonly url: string;
  readonly ca: string | null;
}

type ChildEvent = AcsEvent | Listening;
type Kind = ChildEvent["kind"];

/** `akuvox-cpe acs` in a separate process, controlled over its control channel. */
export interface AcsChild extends AcsConsole {
  readonly child: Child;
  /** The number of events so far, for `event` to search from. */
  mark(): number;
  /** Waits for the first event of that kind after `mark`. Throws DemoFailure if none comes. */
  event<K extends Kind>(
    mark: number,
    kind: K,
    matches?: (event: Extract<ChildEvent, { kind: K }>) => boolean,
  ): Promise<Extract<ChildEvent, { kind: K }>>;
  /** The number of events of that kind after `mark`. */
  count(mark: number, kind: Kind): number;
  onEvent(listener: (event: AcsEvent) => void): void;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

export function startAcsChild(children: Children, args: readonly string[]): AcsChild {
  const child = children.start(["acs", "--control", "stdio", ...args]);
  const events: ChildEvent[] = [];
  const answers = new Map<number, Answer>();
  const listeners = new Set<(event: AcsEvent) => void>();
  let orders = 0;
  const output = child.process.stdout;
  if (output !== null) {
    createInterface({ input: output }).on("line", (line) => {
      const message = JSON.parse(line) as { readonly event?: ChildEvent } & Partial<Answer>;
      if (message.event !== undefined) {
        events.push(message.event);
        if (message.event.kind !== "listening") for (const listener of listeners) listener(message.event);
      } else if (typeof message.id === "number") answers.set(message.id, { ...message, id: message.id });
    });
  }
  const order = (command: object): Promise<unknown> => {
    orders += 1;
    const id = orders;
    child.process.stdin?.write(`${JSON.stringify({ id, ...command })}\n`);
    const answer = waitUntil("an answer of the ACS", () => answers.get(id), child).then(resultOf);
    // If another wait fails first, this failure is ignored.
    answer.catch(() => {});
    return answer;
  };
  return {
    child,
    mark: () => events.length,
    event: (mark, kind, matches = () => true) =>
      waitUntil(`"${kind}" at the ACS`, () => findEvent(events, mark, kind, matches), child),
    count: (mark, kind) => events.slice(mark).filter((event) => event.kind === kind).length,
    onEvent: (listener) => void listeners.add(listener),
    devices: async () => (await order({ do: "devices" })) as readonly DeviceSummary[],
    call: (call: CallOrder) => order({ do: "call", ...call }) as Promise<readonly RpcOutcome[]>,
    async connectionRequest(device: string, credentials?: ConnectionRequestCredentials) {
      const { status } = (await order({ do: "connectionRequest", device, ...credentials })) as {
        readonly status: number;
      };
      return status;
    },
    async xmppConnectionRequest(device: string, credentials?: ConnectionRequestCredentials) {
      const { answer } = (await order({ do: "xmppConnectionRequest", device, ...credentials })) as {
        readonly answer: string;
      };
      return answer;
    },
    async udpConnectionRequest(device: string, credentials?: ConnectionRequestCredentials) {
      await order({ do: "udpConnectionRequest", device, ...credentials });
    },
  };
}

function resultOf({ error, result }: Answer): unknown {
  if (error !== undefined) throw new Error(error);
  return result;
}

function findEvent<K extends Kind>(
  events: readonly ChildEvent[],
  mark: number,
  kind: K,
  matches: (event: Extract<ChildEvent, { kind: K }>) => boolean,
): Extract<ChildEvent, { kind: K }> | undefined {
  const isKind = (event: ChildEvent): event is Extract<ChildEvent, { kind: K }> => event.kind === kind;
  return events.slice(mark).filter(isKind).find(matches);
}
