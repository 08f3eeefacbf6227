import { type DurableCell, stateDocument } from "../../../durable/durable-state.ts";
import { mapOf, text } from "../../../durable/read.ts";

type JabberIdsState = Readonly<Record<string, string>>;

export const JABBER_IDS_DOCUMENT = stateDocument<JabberIdsState>("jabber-ids", {}, mapOf(text));

/** The last Jabber ID of each XMPP connection: kept while the connection is lost, and over restarts (C-256). */
export interface JabberIds {
  /** Empty if there was none. */
  get(instance: number): string;
  set(instance: number, jabberId: string): Promise<void>;
  /** Drops connections that no longer exist. */
  keepOnly(instances: readonly number[]): Promise<void>;
}

export type JabberIdsCell = DurableCell<JabberIdsState>;

export function createJabberIds(cell: JabberIdsCell): JabberIds {
  return new Ids(cell);
}

class Ids implements JabberIds {
  readonly #cell: DurableCell<JabberIdsState>;

  constructor(cell: DurableCell<JabberIdsState>) {
    this.#cell = cell;
  }

  get(instance: number): string {
    return this.#cell.current[String(instance)] ?? "";
  }

  async set(instance: number, jabberId: string): Promise<void> {
    await this.#cell.learn((now) => ({ ...now, [instance]: jabberId }));
  }

  async keepOnly(instances: readonly number[]): Promise<void> {
    await this.#cell.learn((now) =>
      Object.fromEntries(Object.entries(now).filter(([instance]) => instances.includes(Number(instance)))),
    );
  }
}
