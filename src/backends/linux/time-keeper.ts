import { isHost } from "../../cwmp/addresses.ts";
import { AgentError, isAgentError, messageOf } from "../../cwmp/errors.ts";
import { plainTimeZone } from "../../cwmp/time-zone.ts";
import { SerialQueue } from "../../durable/serial-queue.ts";
import type { BackendKey } from "../../ports/backend.ts";
import type { Logger } from "../../ports/logger.ts";
import { refusedKey } from "../refused-key.ts";
import type { Activate, Activation } from "./activation.ts";
import { readSystemFile, writeSystemFile } from "./system-file.ts";

export interface TimeKeeperOptions {
  /** A drop-in of systemd-timesyncd; null: time servers are left alone. */
  readonly ntpFile: string | null;
  readonly activateCommand: readonly string[] | null;
  /** Program and arguments that set the time zone; the zone follows. Null: the zone is left alone. */
  readonly zoneCommand: readonly string[] | null;
  readonly activate: Activate;
  readonly log: Logger;
}

export type ReadSetting = (key: BackendKey) => string | undefined;
export type Undo = () => Promise<void>;

const SERVERS = ["Config.Settings.SNTP.NTPServer1", "Config.Settings.SNTP.NTPServer2"] as const;
const ZONE = "Config.Settings.SNTP.TimeZone";
const MARK = "# Written by akuvox-cpe: changes are lost.";

/** Why a value that the agent wants to write is invalid; null if it is valid. */
export function timeRefusal(key: BackendKey, value: string): string | null {
  if (SERVERS.some((server) => server === key) && !isServer(value))
    return "must be a host name or an IP address, without a port, or empty";
  return key === ZONE && !isZone(value) ? "must be a time zone such as +08:00 or CET-1CEST" : null;
}

export function isTimeSetting(key: BackendKey): boolean {
  return key === ZONE || SERVERS.some((server) => server === key);
}

/** Applies time servers and time zone to the host; they need no restart. */
export interface TimeKeeper {
  /** Throws AgentError BACKEND_IO or BACKEND_REFUSED with nothing changed. Returns the undo function. */
  bring(get: ReadSetting): Promise<Undo>;
  /** The same for stored settings, at a start or after a hand edit. Never throws. */
  follow(get: ReadSetting): Promise<void>;
}

export function createTimeKeeper(options: TimeKeeperOptions): TimeKeeper {
  return new Keeper(options);
}

class Keeper implements TimeKeeper {
  readonly #options: TimeKeeperOptions;
  /** The zone last passed to the zone command. */
  #zone: string | null = null;
  readonly #queue = new SerialQueue();

  constructor(options: TimeKeeperOptions) {
    this.#options = options;
  }

  bring(get: ReadSetting): Promise<Undo> {
    return this.#queue.run(() => this.#bring(get));
  }

  async follow(get: ReadSetting): Promise<void> {
    try {
      await this.bring(get);
    } catch (error) {
      this.#options.log.error({ reason: messageOf(error) }, "The time settings could not be applied to the host");
    }
  }

  async #bring(get: ReadSetting): Promise<Undo> {
    const undoServers = await this.#bringServers(SERVERS.map((key) => get(key) ?? ""));
    try {
      const undoZone = await this.#bringZone(get(ZONE) ?? "");
      return async () => {
        await undoZone();
        await undoServers();
      };
    } catch (error) {
      await undoServers();
      throw error;
    }
  }

  async #bringServers(servers: readonly string[]): Promise<Undo> {
    const { ntpFile } = this.#options;
    if (ntpFile === null) return nothing;
    if (!servers.every(isServer)) throw new AgentError("BACKEND_IO", `${SERVERS[0]} or the second is not a host name`);
    const named = servers.filter((server) => server !== "").map(withoutBrackets);
    const text = `${MARK}\n[Time]\nNTP=${named.join(" ")}\n`;
    const found = await readSystemFile(ntpFile);
    if (found === text) return nothing;
    await writeSystemFile(ntpFile, text);
    const undo = () => this.#putBack(ntpFile, found);
    try {
      await this.#reload();
    } catch (error) {
      await undo();
      throw error;
    }
    return undo;
  }

  async #putBack(file: string, text: string | null): Promise<void> {
    await writeSystemFile(file, text);
    await this.#reload().catch((error: unknown) => this.#options.log.warn({}, messageOf(error)));
  }

  async #bringZone(zone: string): Promise<Undo> {
    const { zoneCommand } = this.#options;
    if (zoneCommand === null || zone === "" || zone === this.#zone) return nothing;
    if (!isZone(zone)) throw new AgentError("BACKEND_IO", `${ZONE} is not a time zone`);
    const before = this.#zone;
    const run = async (to: string): Promise<void> => {
      await this.#run({
        command: [...zoneCommand, plainTimeZone(to)],
        setting: "backend.time.zoneCommand",
        purpose: "time zone",
        onFailure: "BACKEND_REFUSED",
      });
      this.#zone = to;
    };
    try {
      await run(zone);
    } catch (error) {
      if (!isAgentError(error, "BACKEND_REFUSED")) throw error;
      throw refusedKey(9007, ZONE, "the host does not accept this time zone");
    }
    return async () => {
      this.#zone = null;
      if (before !== null) await run(before).catch((error: unknown) => this.#options.log.warn({}, messageOf(error)));
    };
  }

  async #reload(): Promise<void> {
    const { activateCommand: command } = this.#options;
    const about = { setting: "backend.time.activateCommand", purpose: "time server activation" };
    if (command !== null) await this.#run({ command, ...about });
  }

  #run(activation: Activation): Promise<void> {
    return this.#options.activate(activation, new AbortController().signal);
  }
}

const nothing = async (): Promise<void> => {};

/** A name or an address without characters that are special in a settings file. */
function isServer(text: string): boolean {
  return text === "" || (/^[A-Za-z0-9.:_[\]-]+$/.test(text) && isHost(text));
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}

/** The values that the data model allows, without characters that are special in a shell or a settings file. */
function isZone(text: string): boolean {
  const plain = plainTimeZone(text);
  return /^[A-Za-z0-9<>+:,./-]{0,256}$/.test(plain) && !plain.startsWith("--");
}
