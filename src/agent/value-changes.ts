import { messageOf } from "../cwmp/errors.ts";
import type { ParameterAttributesStore } from "../parameters/attributes.ts";
import type { ParameterRef } from "../parameters/layout.ts";
import type { ParameterTree, TreeChange } from "../parameters/tree.ts";
import type { Logger } from "../ports/logger.ts";
import type { StateDocument, StateStore } from "../ports/state-store.ts";

interface ValueChangesState {
  /** Values that the ACS knows, of parameters with notification on. */
  readonly known: Readonly<Record<string, string>>;
  /** Parameters whose change the ACS has not been told. */
  readonly changed: readonly string[];
}

const VALUE_CHANGES_DOCUMENT: StateDocument<ValueChangesState> = {
  name: "value-changes",
  version: 1,
  empty: () => ({ known: {}, changed: [] }),
  parse: (raw) => {
    const { known, changed } = (raw ?? {}) as { known?: unknown; changed?: unknown };
    if (typeof known !== "object" || known === null || !Array.isArray(changed))
      throw new Error("it holds no value changes");
    const texts = Object.entries(known).map(([path, value]) => [path, String(value)]);
    return { known: Object.fromEntries(texts), changed: changed.map(String) };
  },
};

/** What one Inform reports of value changes. */
export interface ReportedChanges {
  readonly refs: readonly ParameterRef[];
  /** The ACS has taken them: later changes stay for the next Inform (C-204). Durable when it resolves. */
  delivered(): Promise<void>;
}

/**
 * Which watched parameters have changed since the ACS last heard of them (conformance section 7): passive ones are told
 * in the next Inform, whatever its cause; active ones open a session.
 */
export interface ValueChanges {
  /** Compares with what the ACS knew before the restart (C-203). */
  started(): Promise<void>;
  /** Notification was switched on for some: their values now are what later ones are compared with. */
  attributesSet(): Promise<void>;
  collect(): Promise<ReportedChanges>;
  /** True while an active parameter's change is untold. */
  readonly activePending: boolean;
}

export interface ValueChangesOptions {
  readonly tree: ParameterTree;
  readonly attributes: ParameterAttributesStore;
  readonly state: StateStore;
  readonly log: Logger;
  /** Active parameters have changed; the change is durable. */
  readonly activeChange: (paths: readonly string[]) => void;
  /** The ACS has been told of these. */
  readonly told: (paths: readonly string[]) => void;
}

export async function openValueChanges(options: ValueChangesOptions): Promise<ValueChanges> {
  const watch = new Watch(options, await options.state.load(VALUE_CHANGES_DOCUMENT));
  options.tree.onChange((change) => watch.take(change));
  return watch;
}

class Watch implements ValueChanges {
  readonly #options: ValueChangesOptions;
  #known: Map<string, string>;
  /** Path → a number that rises with every change, to tell a change during a session from the one just told. */
  readonly #changed: Map<string, number>;
  #changes = 0;
  #queue: Promise<void> = Promise.resolve();

  constructor(options: ValueChangesOptions, state: ValueChangesState) {
    this.#options = options;
    this.#known = new Map(Object.entries(state.known));
    this.#changed = new Map(state.changed.map((path) => [path, 0]));
  }

  get activePending(): boolean {
    const { attributes, tree } = this.#options;
    return [...this.#changed.keys()].some((path) => {
      const ref = tree.layout.get(path);
      return ref !== undefined && attributes.get(ref).notification === 2;
    });
  }

  started(): Promise<void> {
    return this.#compareAll();
  }

  attributesSet(): Promise<void> {
    return this.#compareAll();
  }

  take(change: TreeChange): void {
    this.#queue = this.#queue
      .then(() => this.#taken(change))
      .catch((error) => this.#options.log.error({ reason: messageOf(error) }, "A value change could not be recorded"));
  }

  async collect(): Promise<ReportedChanges> {
    await this.#queue;
    const watched = this.#watched();
    const values = await this.#options.tree.read(watched);
    // Values that change without notice, such as a counter, are compared here (C-208).
    for (const ref of watched) this.#compare(ref, values.get(ref.path) ?? "");
    const told = new Map(this.#changed);
    const refs = watched.filter((ref) => told.has(ref.path));
    return {
      refs,
      delivered: async () => {
        const before = this.#changed.size;
        for (const [path, number] of told) if (this.#changed.get(path) === number) this.#changed.delete(path);
        const known = new Map(watched.map((ref) => [ref.path, values.get(ref.path) ?? ""]));
        const same = sameTexts(known, this.#known);
        this.#known = known;
        if (!same || before !== this.#changed.size) await this.#save();
        this.#options.told([...told.keys()]);
      },
    };
  }

  async #taken(change: TreeChange): Promise<void> {
    const watched = this.#watched().filter((ref) => change.paths.has(ref.path));
    if (watched.length === 0) return;
    const values = await this.#options.tree.read(watched);
    for (const ref of watched) {
      this.#known.set(ref.path, values.get(ref.path) ?? "");
      // A change and its change back still count (C-202); the ACS's own changes never do (C-199).
      if (change.by === "device") this.#changed.set(ref.path, ++this.#changes);
    }
    await this.#save();
    const active = watched.filter((ref) => this.#options.attributes.get(ref).notification === 2);
    if (change.by === "device" && active.length > 0) this.#options.activeChange(active.map(({ path }) => path));
  }

  async #compareAll(): Promise<void> {
    const watched = this.#watched();
    const values = await this.#options.tree.read(watched);
    const before = this.#changed.size + this.#known.size;
    for (const ref of watched) this.#compare(ref, values.get(ref.path) ?? "");
    if (this.#changed.size + this.#known.size !== before) await this.#save();
  }

  #compare(ref: ParameterRef, value: string): void {
    const known = this.#known.get(ref.path);
    if (known !== undefined && known !== value) this.#changed.set(ref.path, ++this.#changes);
    this.#known.set(ref.path, value);
  }

  #watched(): readonly ParameterRef[] {
    const { attributes, tree } = this.#options;
    return attributes.watched(tree.layout).map(({ ref }) => ref);
  }

  async #save(): Promise<void> {
    const state = { known: Object.fromEntries(this.#known), changed: [...this.#changed.keys()] };
    await this.#options.state.save(VALUE_CHANGES_DOCUMENT, state);
  }
}

function sameTexts(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([path, value]) => b.get(path) === value);
}
