import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import type {
  FleetControl,
  FleetOverview,
  ListedPhone,
  PhonePage,
  PhoneQuery,
  PhoneSelection,
  ScenarioOverview,
} from "../../control/fleet/fleet-control.ts";
import { ApiError } from "../../control/problem.ts";
import { type Matches, onlyMatch, requireGroup } from "../control/find-phones.ts";
import { isInShard, sizeInShard } from "../shards/shard.ts";
import { type Affected, askAll, runOnAll } from "./ask-workers.ts";
import { mergedPage } from "./merged-list.ts";
import { mergedOverview, mergedScenario } from "./merged-overview.ts";
import { PRIVATE, type WorkerFigures } from "./serve-parent.ts";
import { askWorker } from "./worker-link.ts";
import type { Whereabouts, WorkerPart } from "./worker-part.ts";

/** A fleet in several processes as one: requests go to its workers, and their answers are merged. */
export class FleetOfWorkers implements FleetControl {
  readonly #parts: readonly WorkerPart[];
  readonly #groups: FleetConfig["groups"];
  /** The number of the next phone while all workers are up. */
  #next: number;

  constructor(parts: readonly WorkerPart[], { groups }: Pick<FleetConfig, "groups">) {
    this.#parts = parts;
    this.#groups = groups;
    this.#next = Math.max(...groups.map(({ firstIndex, count }) => firstIndex + count));
  }

  async overview(): Promise<FleetOverview> {
    const answers = await askAll(this.#parts, ({ link }) => askWorker<WorkerFigures>(link, PRIVATE.figures));
    const down = answers.down.map(({ part }) => part);
    const [first, ...others] = answers.done.map(({ answer }) => answer);
    if (first === undefined) throw new ApiError("WORKER_DOWN", answers.down.map(({ why }) => why).join("; "));
    return mergedOverview([first, ...others], down, this.#groups);
  }

  async list(query: PhoneQuery): Promise<PhonePage> {
    if (query.group !== null) this.#requireGroup(query.group);
    return mergedPage(this.#parts, query, this.#groups);
  }

  async phone(id: string): Promise<ListedPhone> {
    const { part, name } = await this.find(id);
    return part.listed(name);
  }

  /** The phone with that name or serial number. Throws ApiError NOT_FOUND. */
  async find(id: string): Promise<Whereabouts> {
    const [only] = await this.#findAll([id]);
    if (only === undefined) throw new RangeError("one phone is asked for");
    return only;
  }

  /** Divides the new phones evenly among the workers; each assigns numbers of its own shard. */
  async add(group: string, count: number): Promise<readonly string[]> {
    this.#requireGroup(group);
    const up = this.#parts.filter(({ link }) => link.condition === "up");
    const first = this.#next;
    const shares = new Map(
      up.map((part, index) => [part, sizeInShard(first, count, { index, count: up.length })] as const),
    );
    const busy = up.filter((part) => shares.get(part) !== 0);
    const ask = (part: WorkerPart) =>
      askWorker<{ phones: string[] }>(part.link, "/add", { group, count: shares.get(part) });
    const answers = await runOnAll(busy.length === 0 ? this.#parts : busy, ask, ({ phones }) => phones.length);
    this.#next += count;
    return answers.flatMap(({ phones }) => phones).sort(byNumber);
  }

  remove(selection: PhoneSelection): Promise<number> {
    return this.#run("/remove", selection);
  }

  pause(selection: PhoneSelection): Promise<number> {
    return this.#run("/pause", selection);
  }

  resume(selection: PhoneSelection): Promise<number> {
    return this.#run("/resume", selection);
  }

  reboot(selection: PhoneSelection, overSeconds: number): Promise<number> {
    return this.#run("/reboot", selection, { overSeconds });
  }

  async setScenarioRate(number: number, rate: number): Promise<ScenarioOverview> {
    const path = `/scenarios/${number}`;
    const ask = ({ link }: WorkerPart) => askWorker<ScenarioOverview>(link, path, { rate }, "PATCH");
    return mergedScenario(await runOnAll(this.#parts, ask, null));
  }

  async #run(path: string, selection: PhoneSelection, more: object = {}): Promise<number> {
    const { phones, groups, all, sharePercent, seed } = selection;
    for (const group of groups) this.#requireGroup(group);
    const chosen = phones.length === 0 ? null : byPart(await this.#findAll(phones));
    const parts = chosen === null ? this.#parts : [...chosen.keys()];
    const same = { ...more, sharePercent, ...(seed === null ? {} : { seed }) };
    const ask = (part: WorkerPart) => {
      const names = chosen?.get(part);
      const which = names !== undefined ? { phones: names } : all ? { all } : { groups };
      return askWorker<Affected>(part.link, path, { ...which, ...same });
    };
    const answers = await runOnAll(parts, ask, ({ phones: affected }) => affected);
    return answers.reduce((sum, { phones: affected }) => sum + affected, 0);
  }

  /** One for each id. */
  async #findAll(ids: readonly string[]): Promise<readonly Whereabouts[]> {
    const named = await this.#findNamed(ids);
    const others = ids.filter((id) => !named.has(id));
    const found = others.length === 0 ? [] : await Promise.all(this.#parts.map((part) => part.find(others)));
    const matches = new Map(others.map((id, at) => [id, merged(found.flatMap((one) => one[at] ?? []))]));
    return ids.map((id) => named.get(id) ?? onlyMatch(id, matches.get(id) ?? NO_MATCH));
  }

  /** Phones by name. The number in a name determines the worker, so that phones of other workers need not wait for a slow one. */
  async #findNamed(ids: readonly string[]): Promise<ReadonlyMap<string, Whereabouts>> {
    const found = await Promise.all(
      this.#parts.map(async (part) => {
        const own = ids.filter((id) => isInShard(Number(/-(\d+)$/.exec(id)?.[1]), part.link.shard));
        const matches = own.length === 0 ? [] : await part.find(own);
        return own.flatMap((id, at): [string, Whereabouts][] => {
          const phone = matches[at]?.named ?? null;
          return phone === null ? [] : [[id, phone]];
        });
      }),
    );
    return new Map(found.flat());
  }

  #requireGroup(name: string): void {
    requireGroup(
      this.#groups.map((group) => group.name),
      name,
    );
  }
}

const NO_MATCH: Matches<Whereabouts> = { named: null, withSerialNumber: [] };

function merged(matches: readonly Matches<Whereabouts>[]): Matches<Whereabouts> {
  const named = matches.find((one) => one.named !== null)?.named ?? null;
  return { named, withSerialNumber: matches.flatMap(({ withSerialNumber }) => withSerialNumber) };
}

/** Each phone once. */
function byPart(phones: readonly Whereabouts[]): ReadonlyMap<WorkerPart, readonly string[]> {
  const names = new Map<WorkerPart, Set<string>>();
  for (const { part, name } of phones) names.set(part, (names.get(part) ?? new Set()).add(name));
  return new Map([...names].map(([part, of]) => [part, [...of]]));
}

/** Names of phones of one group. */
function byNumber(one: string, other: string): number {
  return one.length - other.length || (one < other ? -1 : Number(one > other));
}
