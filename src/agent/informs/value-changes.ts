import { messageOf } from "../../cwmp/errors.ts";
import { type DurableCell, type DurableState, stateDocument } from "../../durable/durable-state.ts";
import { listOf, mapOf, shape, text } from "../../durable/read.ts";
import { SerialQueue } from "../../durable/serial-queue.ts";
import type { ParameterAttributesStore } from "../../parameters/attributes.ts";
import type { ParameterRef } from "../../parameters/layout.ts";
import type { ParameterTree, TreeChange } from "../../parameters/tree.ts";
import type { Logger } from "../../ports/logger.ts";

interface ValueChangesState {
  /** The values last reported to the ACS, of parameters with notification on. */
  readonly known: Readonly<Record<string, string>>;
  /** Parameters with an unreported change. */
  readonly changed: readonly string[];
}

const VALUE_CHANGES_DOCUMENT = stateDocument<ValueChangesState>(
  "value-changes",
  { known: {}, changed: [] },
  shape({ known: mapOf(text), changed: listOf(text) }),
);

/** The value changes of one Inform. */
export interface ReportedChanges {
  readonly refs: readonly ParameterRef[];
  /** The ACS has received them: later changes stay for the next Inform (C-204). */
  delivered(): Promise<void>;
}

/**
 * Watched parameters that have changed since they were last reported (conformance section 7): passive ones are
 * reported in the next Inform, whatever its cause; active ones open a session.
 */
export interface ValueChanges {
  /** Compares with the values reported before the restart (C-203). */
  started(): Promise<void>;
  /** Notification was turned on for some: their current values are the baseline for later comparisons. */
  attributesSet(): Promise<void>;
  collect(): Promise<ReportedChanges>;
  /**
   * Resolves when every change so far is recorded, so that after a restart no change by the ACS counts as someone
   * else's.
   */
  settled(): Promise<void>;
  /** True while an active parameter's change is unreported. */
  readonly activePending: boolean;
  /** Sets the listener. Before that a start is under way, which reports all changes anyway. */
  report(listener: ChangeListener): void;
}

export interface ChangeListener {
  /** Active parameters have changed; the change is recorded. */
  activeChange(paths: readonly string[]): void;
  /** These have been reported to the ACS. */
  reported(paths: readonly string[]): void;
}

export interface ValueChangesOptions {
  readonly tree: ParameterTree;
  readonly attributes: ParameterAttributesStore;
  readonly state: DurableState;
  readonly log: Logger;
}

export async function openValueChanges(options: ValueChangesOptions): Promise<ValueChanges> {
  const watch = new Watch(options, await options.state.open(VALUE_CHANGES_DOCUMENT));
  options.tree.onChange((change) => watch.take(change));
  return watch;
}

type Values = ReadonlyMap<string, string>;

class Watch implements ValueChanges {
  readonly #options: ValueChangesOptions;
  readonly #cell: DurableCell<ValueChangesState>;
  /**
   * Path → a number that rises with every change, to distinguish a change during a session from the one just reported.
   */
  #numbers: Map<string, number> | null = null;
  #changes = 0;
  readonly #queue = new SerialQueue();
  #listener: ChangeListener | null = null;

  constructor(options: ValueChangesOptions, cell: DurableCell<ValueChangesState>) {
    this.#options = options;
    this.#cell = cell;
  }

  get activePending(): boolean {
    const { attributes, tree } = this.#options;
    return this.#cell.current.changed.some((path) => {
      const ref = tree.layout.get(path);
      return ref !== undefined && attributes.get(ref).notification === 2;
    });
  }

  report(listener: ChangeListener): void {
    this.#listener = listener;
  }

  async started(): Promise<void> {
    await this.#compare();
  }

  async attributesSet(): Promise<void> {
    await this.#compare();
  }

  take(change: TreeChange): void {
    this.#queue
      .run(() => this.#taken(change))
      .catch((error) => this.#options.log.error({ reason: messageOf(error) }, "A value change could not be recorded"));
  }

  settled(): Promise<void> {
    return this.#queue.settled();
  }

  async collect(): Promise<ReportedChanges> {
    await this.#queue.settled();
    // Values that change without notice, such as a counter, are compared here (C-208).
    const { watched, values } = await this.#compare();
    const changed = new Set(this.#cell.current.changed);
    const refs = watched.filter(({ path }) => changed.has(path));
    const numbers = new Map(this.#numbers ?? []);
    return { refs, delivered: () => this.#delivered(changed, values, numbers) };
  }

  /** A later change, by its number, is still unreported. */
  async #delivered(told: ReadonlySet<string>, values: Values, numbers: ReadonlyMap<string, number>): Promise<void> {
    const isNewer = (path: string): boolean => this.#numbers?.get(path) !== numbers.get(path);
    await this.#cell.learn(({ known, changed }) => ({
      known: Object.fromEntries(
        [...values].map(([path, value]) => [path, isNewer(path) ? (known[path] ?? value) : value]),
      ),
      changed: changed.filter((path) => !told.has(path) || isNewer(path)),
    }));
    this.#listener?.reported([...told]);
  }

  async #taken(change: TreeChange): Promise<void> {
    const { attributes, tree } = this.#options;
    const watched = this.#watched().filter((ref) => change.paths.has(ref.path));
    if (watched.length === 0) return;
    const values = await tree.read(watched);
    // A change and its change back still count (C-202); the ACS's own changes never do (C-199).
    await this.#learn(values, change.by === "device" ? [...values.keys()] : []);
    const active = watched.filter((ref) => attributes.get(ref).notification === 2);
    if (change.by === "device" && active.length > 0) {
      this.#listener?.activeChange(active.map(({ path }) => path));
    }
  }

  /** Accepts values that changed without notice, or before they were watched. */
  async #compare(): Promise<{ readonly watched: readonly ParameterRef[]; readonly values: Values }> {
    const watched = this.#watched();
    await this.#forgetAllBut(watched);
    const values = await this.#options.tree.read(watched);
    const { known } = this.#cell.current;
    const fresh = new Map([...values].filter(([path, value]) => known[path] !== value));
    if (fresh.size > 0)
      await this.#learn(
        fresh,
        [...fresh.keys()].filter((path) => known[path] !== undefined),
      );
    return { watched, values };
  }

  /** A change while notification is off is not reported after it is turned on again. */
  async #forgetAllBut(watched: readonly ParameterRef[]): Promise<void> {
    const paths = new Set(watched.map(({ path }) => path));
    const { known, changed } = this.#cell.current;
    if (Object.keys(known).every((path) => paths.has(path)) && changed.every((path) => paths.has(path))) return;
    await this.#cell.learn((state) => ({
      known: Object.fromEntries(Object.entries(state.known).filter(([path]) => paths.has(path))),
      changed: state.changed.filter((path) => paths.has(path)),
    }));
  }

  async #learn(values: Values, changedPaths: readonly string[]): Promise<void> {
    if (changedPaths.length > 0) this.#numbers ??= new Map();
    for (const path of changedPaths) this.#numbers?.set(path, ++this.#changes);
    await this.#cell.learn(({ known, changed }) => ({
      known: { ...known, ...Object.fromEntries(values) },
      changed: [...new Set([...changed, ...changedPaths])],
    }));
  }

  #watched(): readonly ParameterRef[] {
    const { attributes, tree } = this.#options;
    return attributes.watched(tree.layout).map(({ ref }) => ref);
  }
}
