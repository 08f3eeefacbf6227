import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { defaultDataModelFolder } from "../../src/config/data-model-folder.ts";
import { loadDataModel } from "../../src/config/load-data-model.ts";
import { openPhoneModel } from "../../src/config/open-phone-model.ts";
import { AgentError } from "../../src/cwmp/errors.ts";
import { createPhoneKind, type PhoneKind } from "../../src/daemon/phones/phone-kind.ts";
import { createProcessPorts } from "../../src/daemon/phones/shared-parts.ts";
import { lookAtThisHost } from "../../src/daemon/this-host.ts";
import { createFleetFigures } from "../../src/fleet/figures/fleet-figures.ts";
import { Fleet, type FleetEvent } from "../../src/fleet/fleet.ts";
import { planPhones } from "../../src/fleet/plan.ts";
import { createSessionSlots } from "../../src/fleet/session-slots.ts";
import { WHOLE_FLEET } from "../../src/fleet/shards/shard.ts";
import type { AcsAnswer, AcsTransport } from "../../src/ports/acs-transport.ts";
import type { Clock, Scheduler, Timer } from "../../src/ports/clock.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import { createMemoryStateStore } from "../../src/storage/memory-state-store.ts";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { fleetOf } from "./fleet.ts";
import { silentLogger } from "./silent-logger.ts";

/** Time for ten thousand phones: timers in a heap, one turn of the event loop for all that are due at an instant. */
function createVirtualTime() {
  const heap: { readonly dueMs: number; readonly order: number; run: (() => void) | null }[] = [];
  let nowMs = 0;
  let order = 0;
  const isBefore = (one: number, other: number): boolean => {
    const [a, b] = [heap[one], heap[other]];
    return a !== undefined && b !== undefined && (a.dueMs - b.dueMs || a.order - b.order) < 0;
  };
  const swap = (one: number, other: number): void => {
    const [a, b] = [heap[one], heap[other]];
    if (a === undefined || b === undefined) return;
    heap[one] = b;
    heap[other] = a;
  };
  const pop = () => {
    swap(0, heap.length - 1);
    const first = heap.pop();
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const least = isBefore(right, left) ? right : left;
      if (!isBefore(least, at)) break;
      swap(least, at);
      at = least;
    }
    return first;
  };
  const clock: Clock = {
    now: () => Date.UTC(2026, 0, 1) + nowMs,
    monotonic: () => nowMs,
    offsetMinutes: () => 0,
    onSet: () => () => {},
  };
  const scheduler: Scheduler = {
    after(delayMs, name, run): Timer {
      const entry = { dueMs: nowMs + Math.max(delayMs, 0), order: order++, run: run as (() => void) | null };
      heap.push(entry);
      for (let at = heap.length - 1; at > 0 && isBefore(at, (at - 1) >> 1); at = (at - 1) >> 1) swap(at, (at - 1) >> 1);
      return {
        name,
        dueMs: entry.dueMs,
        cancel() {
          entry.run = null;
        },
      };
    },
  };
  const advance = async (ms: number): Promise<void> => {
    const untilMs = nowMs + ms;
    await setImmediate();
    for (let first = heap[0]; first !== undefined && first.dueMs <= untilMs; first = heap[0]) {
      nowMs = Math.max(nowMs, first.dueMs);
      for (let due = heap[0]; due !== undefined && due.dueMs <= nowMs; due = heap[0]) pop()?.run?.();
      await setImmediate();
    }
    nowMs = untilMs;
  };
  return { clock, scheduler, advance };
}

export interface VirtualFleet {
  readonly fleet: Fleet;
  readonly events: readonly FleetEvent[];
  /** When each session began at the ACS, in milliseconds since the start, while it was there. */
  readonly arrivals: readonly number[];
  /** Everything that was sent, with the phone's serial number in front. */
  readonly sent: readonly string[];
  setAcs(reachable: boolean): void;
  /** How long each answer of the ACS takes from now on, in milliseconds. */
  setAnswerMs(ms: number): void;
  /** From now on no save of a phone's state ends. */
  hangDisk(): void;
  advance(ms: number): Promise<void>;
  /** Lets time pass until it holds; what touches files takes real time meanwhile. */
  until(holds: () => boolean): Promise<void>;
}

const LIMIT_STEPS = 20_000;

/** A fleet whose ACS takes each Inform and asks nothing, in memory and in virtual time. */
export async function virtualFleet(values: object, keepSent = false): Promise<VirtualFleet> {
  const config = fleetOf(values);
  const { clock, scheduler, advance } = createVirtualTime();
  const ports = { ...createProcessPorts(silentLogger), clock, scheduler, random: createSeededRandom("fleet") };
  const ofPhones = loadDataModel(defaultDataModelFolder());
  const kinds = new Map<string, PhoneKind>();
  for (const { name, config: own } of config.groups) {
    const cloned = own.clone === null ? null : await openPhoneModel(own);
    kinds.set(name, createPhoneKind(cloned?.config ?? own, cloned?.model ?? ofPhones, cloned?.values));
  }
  const figures = createFleetFigures([...kinds.keys()], clock);
  const arrivals: number[] = [];
  const sent: string[] = [];
  let isUp = true;
  let answerMs = 0;
  let isDiskHung = false;
  const acs: AcsTransport = {
    open: ({ caller }, signal) => ({
      async post(envelope): Promise<AcsAnswer> {
        if (!isUp) throw new AgentError("ACS_UNREACHABLE", "the ACS is down");
        if (keepSent) sent.push(`${caller?.phone} ${envelope}`);
        const [, id] = /<cwmp:Inform\b/.test(envelope ?? "")
          ? (/<cwmp:ID[^>]*>([^<]*)</.exec(envelope ?? "") ?? [])
          : [];
        if (id !== undefined) arrivals.push(clock.monotonic());
        if (answerMs > 0) await answered(scheduler, answerMs, signal);
        if (id === undefined) return { status: 204, body: null };
        return { status: 200, body: informResponse(id) };
      },
      close: async () => {},
    }),
  };
  const slots = createSessionSlots(acs, config.openSessions);
  const nothing = async (): Promise<never> => Promise.reject(new Error("no files here"));
  const transfer = { download: nothing, fetch: nothing, upload: nothing, read: nothing, find: async () => null };
  const fleet = new Fleet({
    ...{
      config,
      kinds,
      figures,
      slots,
      plan: planPhones(config),
      shard: WHOLE_FLEET,
      tlsCa: undefined,
    },
    host: await lookAtThisHost(config.config),
    state: {
      of: () => ({ state: hangingState(() => isDiskHung), storage: null }),
      folder: join(tmpdir(), `akuvox-cpe-virtual-${process.pid}`),
    },
    rssBytes: () => 0,
    shared: {
      ...ports,
      meter: figures.meter,
      transport: slots.transport,
      fileServers: { into: () => ({ ...transfer, keepOnly: async () => {} }) },
      connectionRequests: { listen: async () => ({ host: "192.0.2.1", port: 7547, close: async () => {} }) },
      xmpp: { servers: async () => [], connect: () => ({ send: () => {}, close: () => {} }) as never },
      xmppAttempts: { waitMs: () => 0, failed: () => {}, succeeded: () => {} } as never,
      sip: null,
      pnp: null,
      udpConnectionRequests: null,
      datagrams: { bind: nothing },
      close: async () => {},
    },
  });
  const events: FleetEvent[] = [];
  fleet.onEvent((event) => event.kind !== "moment" && events.push(event));
  const started = fleet.start();
  for (let step = 0; fleet.phones.size === 0 && step < LIMIT_STEPS; step++) await advance(10);
  await started;
  return {
    ...{ fleet, events, arrivals, sent, advance },
    setAcs(reachable) {
      isUp = reachable;
    },
    setAnswerMs(ms) {
      answerMs = ms;
    },
    hangDisk() {
      isDiskHung = true;
    },
    async until(holds) {
      for (let step = 0; !holds(); step++) {
        if (step === LIMIT_STEPS) throw new Error("it did not come to that");
        await advance(100);
      }
    },
  };
}

/** Rejects where the session is broken off meanwhile. */
function answered(scheduler: Scheduler, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = scheduler.after(ms, "answer of the ACS", resolve);
    signal.addEventListener("abort", () => {
      timer.cancel();
      reject(new AgentError("SESSION_ABORTED", "the session was broken off"));
    });
  });
}

function hangingState(isHung: () => boolean): StateStore {
  const store = createMemoryStateStore();
  return {
    load: (document) => store.load(document),
    save: (document, value) => (isHung() ? new Promise(() => {}) : store.save(document, value)),
    erase: () => store.erase(),
  };
}

function informResponse(id: string): string {
  return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:dslforum-org:cwmp-1-2"><s:Header><c:ID s:mustUnderstand="1">${id}</c:ID></s:Header><s:Body><c:InformResponse><MaxEnvelopes>1</MaxEnvelopes></c:InformResponse></s:Body></s:Envelope>`;
}
