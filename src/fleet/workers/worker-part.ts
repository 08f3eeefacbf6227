import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import type { ListedPhone, PhonePage, PhoneQuery, PhoneState } from "../../control/fleet/fleet-control.ts";
import { type Matches, matchesOf } from "../control/find-phones.ts";
import { Directory, startsWith } from "../directory.ts";
import { type PlannedPhone, planPhones } from "../plan.ts";
import { type Found, type Ids, PRIVATE } from "./serve-parent.ts";
import { askWorker, WorkerDown, type WorkerLink } from "./worker-link.ts";

/** A phone and its worker. */
export interface Whereabouts {
  readonly name: string;
  readonly part: WorkerPart;
}

/** The phones of one worker: from the worker, or from fleet.yaml while it does not answer. */
export class WorkerPart {
  readonly link: WorkerLink;
  readonly #config: FleetConfig;
  /** Created when the worker is down for the first time. */
  #planned: readonly PlannedPhone[] | null = null;

  constructor(link: WorkerLink, config: FleetConfig) {
    this.link = link;
    this.#config = config;
  }

  /** The state of its phones while it does not answer. */
  get stateWhenDown(): PhoneState {
    return this.link.condition === "starting" ? "planned" : "gone";
  }

  async list(query: PhoneQuery): Promise<PhonePage> {
    const { group, state, search, page, size } = query;
    const said = { search, page: String(page), size: String(size) };
    const chosen = { ...(group === null ? {} : { group }), ...(state === null ? {} : { state }) };
    const ask = () => askWorker<PhonePage>(this.link, `/phones?${new URLSearchParams({ ...said, ...chosen })}`);
    return unlessDown(ask, () => this.#listWhenDown(query));
  }

  async listed(name: string): Promise<ListedPhone> {
    const planned = () => this.#plan().find((phone) => phone.name === name);
    return unlessDown(
      () => askWorker<ListedPhone>(this.link, `/phones/${name}`),
      (down) => {
        const known = planned();
        if (known === undefined) throw down;
        return this.#whenDown(known);
      },
    );
  }

  /** Its phones that match each of the ids. */
  async find(ids: readonly string[]): Promise<readonly Matches<Whereabouts>[]> {
    const found = await unlessDown(
      () => askWorker<Found>(this.link, PRIVATE.find, { ids } satisfies Ids),
      () => {
        const directory = new Directory(this.#plan());
        return ids.map((id) => {
          const { named, withSerialNumber } = matchesOf(directory, id);
          return { named: named?.name ?? null, withSerialNumber: withSerialNumber.map(({ name }) => name) };
        });
      },
    );
    return found.map(({ named, withSerialNumber }) => ({
      named: named === null ? null : { name: named, part: this },
      withSerialNumber: withSerialNumber.map((name) => ({ name, part: this })),
    }));
  }

  #listWhenDown({ group, state, search, page, size }: PhoneQuery): PhonePage {
    const isWanted = state === null || state === this.stateWhenDown;
    const fits = (phone: PlannedPhone): boolean =>
      (group === null || phone.group.name === group) && (search === "" || startsWith(phone, search));
    const phones = isWanted ? this.#plan().filter(fits) : [];
    const from = (page - 1) * size;
    const shown = phones.slice(from, from + size).map((phone) => this.#whenDown(phone));
    return { total: phones.length, page, pages: Math.max(Math.ceil(phones.length / size), 1), phones: shown };
  }

  #whenDown({ name, identity, group }: PlannedPhone): ListedPhone {
    const { serialNumber, modelName: model } = identity;
    const { stateWhenDown: state } = this;
    return { name, serialNumber, group: group.name, model, state, retryCount: 0, sessions: 0, lastSession: null };
  }

  #plan(): readonly PlannedPhone[] {
    this.#planned ??= planPhones(this.#config, this.link.shard);
    return this.#planned;
  }
}

async function unlessDown<T>(ask: () => Promise<T>, whenDown: (down: WorkerDown) => T): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof WorkerDown) return whenDown(error);
    throw error;
  }
}
