import { messageOf, type ParameterFault } from "../cwmp/errors.ts";
import { SerialQueue } from "../durable/serial-queue.ts";
import type { Applied, Backend, BackendChange, BackendKey } from "../ports/backend.ts";
import type { Scheduler } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { StateStore } from "../ports/state-store.ts";
import { planSettings, settingsFaults } from "./apply-settings.ts";
import { planAddObject, planDeleteObject } from "./change-objects.ts";
import { foreignValues, refsOf, reportChanges } from "./change-report.ts";
import { foreignChanges, lastGoodOf } from "./foreign-changes.ts";
import { KeptState } from "./kept-state.ts";
import type { Layout, NameInfo, ParameterRef } from "./layout.ts";
import type { Layouts } from "./layouts.ts";
import { refreshLive } from "./phone-calls.ts";
import { type ChangedBy, type Plan, withParameterKey } from "./plan.ts";
import { planSetValues, type SetRequest } from "./set-values.ts";
import { PARAMETERS_DOCUMENT, type ParametersState } from "./state.ts";
import { makeChange, settleAtStart } from "./transaction.ts";
import { type AgentValues, readValues, type ValueSources } from "./values.ts";

export interface TreeChange {
  readonly by: ChangedBy;
  /** Parameters whose value may have changed; for `device`, whose value has changed. Under all of their paths. */
  readonly paths: ReadonlySet<string>;
  readonly keys: ReadonlySet<BackendKey>;
}

/** One phone's parameters. Changes happen one after the other, each whole or not at all, also over a power cut. */
export interface ParameterTree {
  readonly layout: Layout;
  find(path: string): readonly ParameterRef[];
  names(path: string, nextLevel: boolean): readonly NameInfo[];
  /** Values for the wire, by path: hidden ones are empty. */
  read(refs: readonly ParameterRef[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Updates the live values among these from the phone; otherwise `read` returns the last known ones. CwmpFault 9002:
   * the phone does not answer, and the old values stay.
   */
  refresh(refs: readonly ParameterRef[]): Promise<void>;
  /** For the agent's own use, such as the password to log in with. Unknown paths are missing from the answer. */
  readSecrets(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** All, or CwmpFault 9003 with a fault for each parameter, and nothing. `parameterKey` null leaves it alone. */
  setValues(requests: readonly SetRequest[], parameterKey: string | null, by: ChangedBy): Promise<Applied>;
  /**
   * Settings in the phone's spelling: all, or CwmpFault 9003 with a fault for each key, and nothing.
   *
   * @param files fingerprints of the configuration files that they come from, by source; they are in `appliedFiles` exactly
   * when the settings are in force, also over a power cut
   */
  applySettings(
    settings: ReadonlyMap<BackendKey, string>,
    by: ChangedBy,
    files?: Readonly<Record<string, string>>,
  ): Promise<Applied>;
  readonly appliedFiles: Readonly<Record<string, string>>;
  /** The refusals of `applySettings`, by key; empty if there are none. */
  checkSettings(settings: ReadonlyMap<BackendKey, string>): Promise<readonly ParameterFault[]>;
  addObject(path: string, parameterKey: string): Promise<{ readonly instance: number; readonly applied: Applied }>;
  deleteObject(path: string, parameterKey: string): Promise<Applied>;
  /** Settings that have no parameter, and parameters by their key: for the agent's own settings. */
  readKeys(keys: readonly BackendKey[]): Promise<ReadonlyMap<BackendKey, string>>;
  writeKeys(changes: ReadonlyMap<BackendKey, string>): Promise<void>;
  /** A value that only the agent knows has changed. */
  agentValueChanged(path: string): void;
  /** Called after a change has been made. */
  onChange(listener: (change: TreeChange) => void): void;
}

export interface TreeOptions {
  readonly layouts: Layouts;
  readonly backend: Backend;
  readonly state: StateStore;
  readonly scheduler: Scheduler;
  readonly agentValues: AgentValues;
  readonly log: Logger;
  /** Runs each commit, to time it. */
  readonly timed?: (by: ChangedBy, commit: () => Promise<Applied>) => Promise<Applied>;
}

/** A tree whose durable state is loaded, whose interrupted change is settled, and that watches the phone. */
export interface OpenTree extends ParameterTree {
  /** Waits for changes under way and stops the backend. */
  close(): Promise<void>;
}

export async function openParameterTree(options: TreeOptions): Promise<OpenTree> {
  const tree = new Tree(options, await options.state.load(PARAMETERS_DOCUMENT));
  try {
    await tree.open();
  } catch (error) {
    await tree.close();
    throw error;
  }
  return tree;
}

class Tree implements OpenTree {
  readonly #options: TreeOptions;
  #listeners: readonly ((change: TreeChange) => void)[] = [];
  readonly #kept: KeptState;
  readonly #queue = new SerialQueue();

  constructor(options: TreeOptions, state: ParametersState) {
    this.#options = options;
    const { layouts, state: store, scheduler, log } = options;
    this.#kept = new KeptState({ layouts, state: store, scheduler, log, queue: this.#queue }, state);
  }

  get layout(): Layout {
    return this.#kept.layout;
  }

  async open(): Promise<void> {
    const { backend } = this.#options;
    await this.#queue.run(async () => {
      await backend.start(
        (changes) => void this.#queue.run(() => this.#foreign(changes)).catch((error) => this.#logFailure(error)),
      );
      await settleAtStart({ ...this.#options, kept: this.#kept });
    });
    // Behind what the phone has reported since.
    await this.#queue.run(() => this.#checkFile());
  }

  async close(): Promise<void> {
    await this.#queue.settled();
    await this.#kept.close();
    await this.#options.backend.stop();
  }

  find(path: string): readonly ParameterRef[] {
    return this.layout.find(path);
  }

  names(path: string, nextLevel: boolean): readonly NameInfo[] {
    return this.layout.names(path, nextLevel);
  }

  async read(refs: readonly ParameterRef[]): Promise<ReadonlyMap<string, string>> {
    const shown = refs.filter(({ def }) => !def.hidden);
    const values = await readValues(shown, this.#sources());
    for (const { def, path } of refs) if (def.hidden) values.set(path, "");
    return values;
  }

  refresh(refs: readonly ParameterRef[]): Promise<void> {
    return refreshLive(refs, this.#options);
  }

  async readSecrets(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return readValues(
      paths.flatMap((path) => this.layout.get(path) ?? []),
      this.#sources(),
    );
  }

  setValues(requests: readonly SetRequest[], parameterKey: string | null, by: ChangedBy): Promise<Applied> {
    return this.#queue.run(async () => {
      const plan = await planSetValues(requests, this.#sources());
      return this.#commit(withParameterKey(plan, parameterKey), by);
    });
  }

  applySettings(
    settings: ReadonlyMap<BackendKey, string>,
    by: ChangedBy,
    files?: Readonly<Record<string, string>>,
  ): Promise<Applied> {
    return this.#queue.run(async () => this.#commit(await planSettings(settings, this.#sources(), files), by));
  }

  get appliedFiles(): Readonly<Record<string, string>> {
    return this.#kept.current.files;
  }

  checkSettings(settings: ReadonlyMap<BackendKey, string>): Promise<readonly ParameterFault[]> {
    return settingsFaults(settings, this.#sources());
  }

  addObject(path: string, parameterKey: string): Promise<{ readonly instance: number; readonly applied: Applied }> {
    return this.#queue.run(async () => {
      const { layouts } = this.#options;
      const plan = planAddObject(path, layouts.accounts, this.layout, this.#kept.current, (rows) =>
        layouts.of(rows, this.layout),
      );
      return { instance: plan.instance, applied: await this.#commit(withParameterKey(plan, parameterKey), "acs") };
    });
  }

  deleteObject(path: string, parameterKey: string): Promise<Applied> {
    return this.#queue.run(async () => {
      const plan = planDeleteObject(path, this.layout, this.#kept.current);
      return this.#commit(withParameterKey(plan, parameterKey), "acs");
    });
  }

  readKeys(keys: readonly BackendKey[]): Promise<ReadonlyMap<BackendKey, string>> {
    return this.#options.backend.read(keys);
  }

  writeKeys(changes: ReadonlyMap<BackendKey, string>): Promise<void> {
    return this.#queue.run(async () => {
      await this.#commit({ keys: changes, state: this.#kept.current, paths: new Set() }, "device");
    });
  }

  agentValueChanged(path: string): void {
    if (this.layout.get(path) !== undefined) this.#announce({ by: "device", paths: new Set([path]), keys: new Set() });
  }

  onChange(listener: (change: TreeChange) => void): void {
    // concat, as a spread leaves room for more: 128 bytes a phone.
    this.#listeners = this.#listeners.concat(listener);
  }

  #commit(plan: Plan, by: ChangedBy): Promise<Applied> {
    const { timed } = this.#options;
    const commit = (): Promise<Applied> => this.#write(plan, by);
    return timed === undefined ? commit() : timed(by, commit);
  }

  async #write(plan: Plan, by: ChangedBy): Promise<Applied> {
    const before = this.#kept.current;
    const earlier = await readValues(refsOf(plan, this.layout), this.#sources());
    const { applied, keys } = await makeChange(plan, { ...this.#options, kept: this.#kept });
    await this.#report(plan, by, earlier);
    this.#announce({ by, paths: this.#affected(plan, before, keys), keys });
    return applied;
  }

  /** The change is made: only its description may be missing in the log. */
  async #report(plan: Plan, by: ChangedBy, earlier: ReadonlyMap<string, string>): Promise<void> {
    const refs = refsOf(plan, this.layout);
    const later = await readValues(refs, this.#sources()).catch(() => null);
    if (later === null) return;
    const values = refs.map((ref) => ({ ref, from: earlier.get(ref.path) ?? "", to: later.get(ref.path) ?? "" }));
    reportChanges(this.#options.log, by, values);
  }

  async #foreign(changes: readonly BackendChange[]): Promise<void> {
    const { paths, lastGood, warn } = await foreignChanges(changes, this.#sources(), this.#options.log);
    // Used from now on, stored or not: the bad text is in the file.
    if (lastGood !== this.#kept.current.lastGood) await this.#kept.keep({ ...this.#kept.current, lastGood });
    warn();
    reportChanges(this.#options.log, "device", foreignValues(changes, this.layout));
    this.#announce({ by: "device", paths, keys: new Set(changes.map(({ key }) => key)) });
  }

  async #checkFile(): Promise<void> {
    const lastGood = await lastGoodOf(this.#sources(), this.#options.log);
    if (lastGood !== this.#kept.current.lastGood) await this.#kept.keep({ ...this.#kept.current, lastGood });
  }

  #affected(plan: Plan, before: ParametersState, keys: ReadonlySet<BackendKey>): ReadonlySet<string> {
    const kept = ({ stored, exact }: ParametersState, path: string): string | undefined =>
      stored[path] ?? exact[path]?.value;
    const paths = new Set([...plan.paths].filter((path) => kept(plan.state, path) !== kept(before, path)));
    for (const key of keys) for (const ref of this.layout.byKey(key)) paths.add(ref.path);
    if (plan.state.tables === before.tables) return paths;
    for (const table of new Set([...Object.keys(plan.state.tables), ...Object.keys(before.tables)]))
      if (plan.state.tables[table] !== before.tables[table])
        for (const { path } of this.layout.countersOf(table)) paths.add(path);
    return paths;
  }

  #announce(change: TreeChange): void {
    if (change.paths.size === 0 && change.keys.size === 0) return;
    const paths = new Set([...change.paths].flatMap((path) => this.layout.pathsOf(path)));
    for (const listener of this.#listeners) listener({ ...change, paths });
  }

  #sources(): ValueSources {
    const { backend, agentValues } = this.#options;
    return { backend, agentValues, layout: this.layout, state: this.#kept.current };
  }

  #logFailure(error: unknown): void {
    this.#options.log.error({ reason: messageOf(error) }, "A change of the phone's settings could not be processed");
  }
}
