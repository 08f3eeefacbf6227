import type { Agent } from "../agent/agent.ts";
import type { Config } from "../config/load-config.ts";
import type { DataModel } from "../model/types.ts";
import type { Clock, Scheduler } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { SessionLog } from "../ports/session-log.ts";
import type { SipLog } from "../ports/sip-log.ts";

/** The parts of the local interfaces of a running agent. */
export interface LocalInterfaceParts {
  readonly config: Config;
  readonly agent: Agent;
  readonly sessions: SessionLog;
  /** Null, unless given: the phone speaks no SIP. */
  readonly sipLog?: SipLog | null;
  readonly model: DataModel;
  readonly version: string;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log: Logger;
}

/** One way to look at the agent, such as its web pages; open until it is closed. */
export interface LocalInterface {
  close(): Promise<void>;
}

/** Opens one where the settings ask for it; what it needs is loaded only then. AgentError LISTEN: it cannot be opened. */
export type OpenLocalInterface = (parts: LocalInterfaceParts) => Promise<LocalInterface | null>;
