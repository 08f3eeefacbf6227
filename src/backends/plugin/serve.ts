import type { MessagePort } from "node:worker_threads";
import { AgentError } from "../../cwmp/errors.ts";
import type { Backend, BackendKey, StagedChange } from "../../ports/backend.ts";
import { isSetting } from "../stage-change.ts";
import { Nonsense } from "./answers.ts";
import { plainError } from "./plug-in-errors.ts";
import type { CallMessage, CallName, Calls, Description, Places, PlugInFacts, ThreadMessage } from "./protocol.ts";
import type { Secrets } from "./secrets.ts";

export interface ServeOptions {
  readonly port: Pick<MessagePort, "postMessage" | "on">;
  readonly facts: PlugInFacts;
  /** Its answers have the right shape, or it throws. */
  readonly backend: Backend;
  readonly secrets: Secrets;
}

type Handlers = { readonly [N in CallName]: (...args: Calls[N]["args"]) => Promise<Calls[N]["answer"]> };

/** Staged changes that are neither applied nor discarded: an agent has one at a time. */
const MAX_STAGED = 16;

/** Serves the agent's calls in the plug-in's thread. */
export function serveBackend({ port, facts, backend, secrets }: ServeOptions): void {
  const post = (message: ThreadMessage) => port.postMessage(message);
  const handlers = createHandlers(backend, facts, secrets, (report) => post(report));

  async function answer({ id, name, args }: CallMessage): Promise<void> {
    try {
      // One table of calls and arguments on both sides.
      const handler = handlers[name] as (...given: readonly unknown[]) => Promise<unknown>;
      const value = await handler(...args);
      postAnswer(id, value);
    } catch (error) {
      const plain = plainError(error);
      post({ type: "error", id, error: { ...plain, reason: secrets.mask(plain.reason) } });
    }
  }

  function postAnswer(id: number, value: unknown): void {
    try {
      post({ type: "answer", id, answer: value });
    } catch {
      throw new Nonsense("plain data", value);
    }
  }

  port.on("message", (message: CallMessage) => void answer(message));
}

export function describe(level: Description["level"], backend: Backend, facts: PlugInFacts): Description {
  const keys = [...facts.factory.keys(), ...facts.liveKeys, ...facts.actionKeys];
  const { files } = backend;
  return {
    level,
    supported: new Set(keys.filter((key) => backend.supports(key))),
    files:
      files === undefined
        ? null
        : { installs: [...files.installs], produces: [...files.produces], verifies: files.verify !== undefined },
    reached: backend.reached !== undefined,
  };
}

function createHandlers(
  backend: Backend,
  facts: PlugInFacts,
  secrets: Secrets,
  report: (message: ThreadMessage) => void,
): Handlers {
  const staged = new Map<number, StagedChange>();
  let count = 0;
  const places = () => placesOf(backend, facts.factory.keys());
  const take = (id: number): StagedChange => {
    const change = staged.get(id);
    staged.delete(id);
    if (change === undefined) throw new AgentError("BACKEND_IO", "this change was applied or discarded before");
    return change;
  };
  return {
    async start() {
      await backend.start((changes) => {
        secrets.learn(changes.map(({ key, after }) => [key, after] as const));
        report({ type: "report", changes, places: places() });
      });
      return places();
    },
    stop: async () => void (await backend.stop()),
    async read(keys) {
      const values = await backend.read(keys);
      secrets.learn(values);
      return values;
    },
    async stage(changes) {
      secrets.learn(changes);
      const change = await backend.stage(changes);
      count += 1;
      staged.set(count, change);
      const [oldest] = staged.keys();
      if (staged.size > MAX_STAGED && oldest !== undefined) staged.delete(oldest);
      return count;
    },
    apply: (id) => take(id).apply(),
    discard: async (id) => void (await take(id).discard()),
    reboot: async (commandKey) => void (await backend.reboot(commandKey)),
    factoryReset: async () => void (await backend.factoryReset()),
    reached: async () => void backend.reached?.(),
    install: (fileType, path) => filesOf(backend).install(fileType, path),
    verify: async (fileType) => void (await filesOf(backend).verify?.(fileType)),
    produce: (fileType) => filesOf(backend).produce(fileType),
  };
}

function filesOf({ files }: Backend): NonNullable<Backend["files"]> {
  if (files === undefined) throw new AgentError("BACKEND_IO", "the phone has no files");
  return files;
}

function placesOf(backend: Backend, keys: Iterable<BackendKey>): Places {
  const found = [...keys].filter(isSetting).map((key) => [key, backend.locate(key)] as const);
  return new Map(found.flatMap(([key, place]) => (place === null ? [] : [[key, place] as const])));
}
