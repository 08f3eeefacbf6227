import { randomBytes } from "node:crypto";
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CampaignAcs, Conversation } from "./acs/acs.ts";
import { faultCodeOf, type Message, namesOf, notificationsOf, rpc, valuesOf } from "./acs/envelopes.ts";
import type { OfferedFiles } from "./oracle/configuration-files.ts";
import { Ledger } from "./oracle/ledger.ts";
import type { Operation } from "./oracle/operations.ts";
import {
  NOTIFIED_NAMES,
  notifyKey,
  type PhoneState,
  PROFILES_PATH,
  WATCHED_NAMES,
  withProfiles,
} from "./oracle/phone-state.ts";
import { fixedOperations } from "./oracle/random-operations.ts";
import { disagreements } from "./oracle/told-hooks.ts";
import { type PhoneProcess, type StartOptions, startPhone } from "./phone/phone-process.ts";
import { type BackendName, writeSettings } from "./phone/settings.ts";
import { observeLook } from "./rounds.ts";

/** Gives the next call, or null when there is none for this session. */
export type OperationSource = () => Operation | null;

export interface TrialOptions {
  readonly main: string;
  /** A folder for this trial alone; is made. */
  readonly folder: string;
  readonly backend: BackendName;
  /** For this trial alone while it is open. */
  readonly acs: CampaignAcs;
}

/** Longer than the agent itself waits before it tries again what its own disk has refused. */
const MAX_MS = 75_000;
const LOOK_EVERY_MS = 20;
/** Turns in which the phone was busy count once in so many: it may only be slow. */
const BUSY_TURNS = 20;
const NO_FILES: ReadonlyMap<string, Buffer> = new Map();
/** Beyond those of a scenario. */
const VERIFIED_SERIAL = 900;

/** One phone folder, the ACS of that phone, and the ledger of what they said to each other. */
export class Trial {
  ledger = new Ledger();
  readonly folder: string;
  readonly acs: CampaignAcs;
  /** The calls of the ACS; default: none. */
  operations: OperationSource = () => null;
  /** Called before each answer with how many there were; may kill the phone. */
  onAnswer: (count: number, message: Message) => "send" | "cut" = () => "send";
  phone: PhoneProcess | null = null;
  readonly #options: TrialOptions;
  #answers = 0;
  #sessions = 0;
  #idle = false;

  private constructor(options: TrialOptions) {
    this.#options = options;
    this.folder = options.folder;
    this.acs = options.acs;
    this.acs.watch({
      informed: (inform, path) => {
        this.#sessions += 1;
        this.#idle = false;
        this.ledger.informed(inform, path);
        return this.#converse();
      },
      transferred: (message) => this.ledger.transferred(message),
      confirmed: () => this.ledger.confirmed(),
      answering: (message) => {
        this.#answers += 1;
        const what = this.onAnswer(this.#answers, message);
        if (what === "send") this.ledger.answers(message);
        return what;
      },
    });
  }

  static async open(options: TrialOptions): Promise<Trial> {
    const trial = new Trial(options);
    const { folder, backend, acs } = options;
    await writeSettings(folder, { backend, acsUrl: `${acs.origin}/acs`, ca: acs.ca });
    return trial;
  }

  /** A trial that begins with a phone as it was: see `snapshot`. */
  static async resume(options: TrialOptions, from: string, ledger: Ledger): Promise<Trial> {
    await cp(from, options.folder, { recursive: true, preserveTimestamps: true });
    const trial = new Trial(options);
    trial.ledger = ledger;
    return trial;
  }

  get backend(): BackendName {
    return this.#options.backend;
  }

  /** Sessions so far. */
  get sessions(): number {
    return this.#sessions;
  }

  /** Answers of the ACS so far. */
  get answers(): number {
    return this.#answers;
  }

  /** A session was had to its end since the start, and none is under way. */
  get isIdle(): boolean {
    return this.#idle;
  }

  url(path: string): string {
    return `${this.acs.origin}${path}`;
  }

  start(more: Pick<StartOptions, "environment" | "nodeArguments"> = {}): PhoneProcess {
    this.ledger.started();
    this.#idle = false;
    this.acs.files.offer(this.ledger.offered?.files ?? NO_FILES);
    this.phone = startPhone({ main: this.#options.main, folder: this.folder, ...more });
    return this.phone;
  }

  /** The content of the file server from now on. */
  offer(files: OfferedFiles): void {
    this.ledger.offer(files);
    this.acs.files.offer(files.files);
  }

  /** SIGKILL, and the wait for the end. */
  async kill(): Promise<void> {
    this.phone?.kill("SIGKILL");
    await this.phone?.end;
  }

  /**
   * Waits in turns of our own, and lets those pass in which the phone wants the processor: a busy machine is no finding.
   *
   * @returns false when it did not hold in time, or the phone has ended
   */
  async until(condition: () => boolean, maxMs = MAX_MS): Promise<boolean> {
    for (let turns = 0; !condition(); ) {
      if (turns * LOOK_EVERY_MS > maxMs || this.phone?.ended !== null) return condition();
      await sleep(LOOK_EVERY_MS);
      turns += (await this.phone?.isBusy()) === true ? 1 / BUSY_TURNS : 1;
    }
    return true;
  }

  /**
   * Starts the phone undisturbed and waits until it has reported everything. Deviations are findings. The phone is
   * killed at the end.
   *
   * If a file server has files for it, they arrive only after the ACS has set other values: files that were applied
   * before must not be applied again.
   */
  async verify(more: Parameters<Trial["start"]>[0] = {}): Promise<void> {
    const { offered } = this.ledger;
    this.operations = offered === null ? () => null : fixedOperations(this, ["override"], VERIFIED_SERIAL);
    this.onAnswer = () => "send";
    const { observed } = this.ledger.counts;
    this.acs.files.hold(offered !== null);
    const phone = this.start(more);
    this.ledger.offer(null);
    const settled = (): boolean => this.ledger.counts.observed > observed && this.ledger.isSettled;
    await this.until(settled);
    if (phone.ended !== null) {
      const { code, signal } = phone.ended;
      this.ledger.findings.push(`the phone does not start: ${signal ?? `exit code ${code}`}: ${lastLine(phone.log())}`);
    } else if (this.ledger.counts.observed === observed) this.ledger.findings.push("no session comes after a start");
    else this.ledger.checkSettled();
    this.ledger.offer(offered);
    this.acs.files.hold(false);
    if (this.ledger.looks && phone.ended === null) await observeLook(this, MAX_MS);
    await this.kill();
    if (this.backend === "hooks") this.ledger.findings.push(...(await disagreements(this.folder)));
  }

  /** @param keep the folder is kept, for a look at what went wrong */
  async close(keep = this.ledger.findings.length > 0): Promise<void> {
    await this.kill();
    this.acs.watch(null);
    this.acs.files.hold(false);
    if (keep) await writeFile(join(this.folder, "phone.log"), this.phone?.log() ?? "");
    if (!keep) await rm(this.folder, { recursive: true, force: true });
  }

  /** The phone's folder as it is now. */
  async snapshot(to: string): Promise<void> {
    await cp(this.folder, to, { recursive: true, preserveTimestamps: true, filter: (path) => !path.endsWith(".sock") });
  }

  *#converse(): Conversation {
    yield* this.#calls();
    this.#idle = true;
  }

  *#calls(): Conversation {
    yield* this.#observe();
    let called = false;
    for (let next = this.operations(); next !== null; next = this.operations()) {
      called = true;
      this.ledger.begin(next);
      this.ledger.answered(yield next.body);
      if (next.restarts === "always") return;
    }
    if (called) yield* this.#observe();
  }

  *#observe(): Conversation {
    const values = yield rpc.getValues(WATCHED_NAMES);
    const attributes = yield rpc.getAttributes(NOTIFIED_NAMES);
    const names = yield rpc.getNames(PROFILES_PATH);
    const answers = [values, attributes, names];
    const fault = answers.map(faultCodeOf).find((code) => code !== null);
    if (fault === undefined) this.ledger.observed(readState(values, attributes, names));
    else if (!this.ledger.disturbed) this.ledger.findings.push(`reading the phone is refused with ${fault}`);
  }
}

/** A name for a folder that nobody else has. */
export function folderName(scratch: string, name: string): string {
  return join(scratch, `${name}-${randomBytes(4).toString("hex")}`);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function readState(values: Message, attributes: Message, names: Message): PhoneState {
  const profiles = namesOf(names).flatMap((name) => /\.VoiceProfile\.(\d+)\.$/.exec(name)?.[1] ?? []);
  const notifications = [...notificationsOf(attributes)].map(
    ([name, notification]) => [notifyKey(name), String(notification)] as const,
  );
  return withProfiles(new Map([...valuesOf(values), ...notifications]), profiles.map(Number));
}

function lastLine(log: string): string {
  return log.trim().split("\n").at(-1)?.slice(0, 300) ?? "";
}
