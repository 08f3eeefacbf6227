import type { Hono } from "hono";
import type { SessionHistory } from "../agent/core/session-history.ts";
import type { LocalControl } from "../agent/local/local-control.ts";
import type { DataModel } from "../model/types.ts";
import type { Clock, Scheduler } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { SessionLog } from "../ports/session-log.ts";
import type { SipLog } from "../ports/sip-log.ts";
import type { NavigationEntry } from "./page.ts";

/** The guard of all pages: who may see them, and under which host names. */
export interface GuardParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Who may log in. */
  readonly login: { readonly username: string; readonly password: string };
  /** PEM texts; null: http. */
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  /** On pages that refuse something; that of a phone unless given. */
  readonly navigation?: readonly NavigationEntry[];
}

/** How forms are checked. Plain values, so that it can be sent to another process. */
export interface FormGuard {
  /** Of our own pages. */
  readonly scheme: "http" | "https";
  /** Contained in each of our forms. */
  readonly formToken: string;
}

/** The parts that a phone's pages need. */
export interface PhonePageParts {
  readonly local: LocalControl;
  readonly history: SessionHistory;
  readonly sessions: SessionLog;
  /** Null, unless given: the phone speaks no SIP. */
  readonly sipLog?: SipLog | null;
  readonly model: DataModel;
  readonly version: string;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Served at `/api` behind the log-in; null: not served. */
  readonly api: Hono | null;
}

/** The pages of the only phone of a process. */
export interface WebParts extends GuardParts, PhonePageParts {}

/** The context of a handler. */
export interface WebEnv {
  readonly Bindings: {
    /** Of the client, without port. */
    readonly clientAddress: string;
    /** Call it when the connection has logged in. */
    readonly authenticated?: () => void;
    /** How forms are checked, for pages that are served below others. */
    readonly guard?: FormGuard;
  };
  readonly Variables: {
    /** Goes into every form that posts (`tokenField`). */
    readonly formToken: string;
    /** For pages that are served below these. */
    readonly guard: FormGuard;
    /** Absent: that of a phone. */
    readonly navigation?: readonly NavigationEntry[];
  };
}

/** Some pages of their own: paths are absolute, such as `/sessions/:id`. */
export type PageModule = (parts: PhonePageParts) => Hono<WebEnv>;
