import { isAgentError } from "../../cwmp/errors.ts";
import { type CwmpVersion, isAtLeast } from "../../cwmp/versions.ts";
import type { Logger } from "../../ports/logger.ts";
import type { AcsKnowledgeStore } from "./acs-knowledge.ts";

/** The next older version whose Inform differs on the wire: 1.3 and 1.2 have the same. */
const OLDER: Readonly<Record<CwmpVersion, CwmpVersion | null>> = {
  "1.4": "1.2",
  "1.3": "1.1",
  "1.2": "1.1",
  "1.1": "1.0",
  "1.0": null,
};

/** HTTP statuses that do not concern the message itself, from an ACS or a proxy before it. */
const OTHER_TROUBLE: ReadonlySet<number> = new Set([401, 403, 404, 407, 408, 410, 429, 502, 503, 504]);

/** Consecutive refusals after which an ACS may have been replaced by an older one. Fewer have other causes. */
const MAX_REFUSALS = 5;

/**
 * The CWMP version of the next Inform (C-051): the one that this ACS has accepted; before that the newest, and older
 * ones after a refusal.
 */
export interface VersionChoice {
  next(url: string): CwmpVersion;
  /** The ACS has answered the Inform. */
  accepted(url: string, version: CwmpVersion): Promise<void>;
  /** The Inform has failed. Counts only if the ACS may not have understood it: an outage changes nothing. */
  failed(url: string, version: CwmpVersion, error: unknown): void;
}

/**
 * `newest` caps the version. The accepted version is stored with the URL, over restarts; a new URL starts with the
 * newest.
 */
export function createVersionChoice(newest: CwmpVersion, knowledge: AcsKnowledgeStore, log: Logger): VersionChoice {
  return new Choice(newest, knowledge, log);
}

class Choice implements VersionChoice {
  readonly #newest: CwmpVersion;
  readonly #knowledge: AcsKnowledgeStore;
  readonly #log: Logger;
  #url = "";
  #next: CwmpVersion;
  /** In a row. */
  #refusals = 0;
  /** An older version was accepted where a newer one had been before: the newer one is tried again. */
  #secondChance = false;

  constructor(newest: CwmpVersion, knowledge: AcsKnowledgeStore, log: Logger) {
    this.#newest = newest;
    this.#knowledge = knowledge;
    this.#log = log;
    this.#next = newest;
  }

  next(url: string): CwmpVersion {
    if (url !== this.#url) {
      this.#url = url;
      this.#next = this.#known(url) ?? this.#newest;
      this.#refusals = 0;
      this.#secondChance = false;
    }
    return this.#next;
  }

  async accepted(url: string, version: CwmpVersion): Promise<void> {
    const known = this.#known(url);
    this.#refusals = 0;
    if (known !== null && !isAtLeast(version, known) && !this.#secondChance) {
      // A temporary fault of the ACS may have caused the step down: it may accept the newer version again.
      this.#secondChance = true;
      this.#next = known;
      return;
    }
    this.#secondChance = false;
    if (known !== version) await this.#knowledge.learn(url, { version });
  }

  failed(url: string, version: CwmpVersion, error: unknown): void {
    if (!isRefusal(error)) {
      this.#refusals = 0;
      return;
    }
    this.#refusals++;
    const isKnown = version === this.#known(url) && !this.#secondChance;
    if (isKnown && this.#refusals < MAX_REFUSALS) return;
    const next = OLDER[version] ?? this.#newest;
    this.#next = next;
    if (next !== version) {
      this.#log.warn({ version, next }, `The ACS may not understand CWMP ${version}: the next Inform uses ${next}`);
    }
  }

  /** The cap may be lower than before. */
  #known(url: string): CwmpVersion | null {
    const { version } = this.#knowledge.of(url);
    return version === null || isAtLeast(this.#newest, version) ? version : this.#newest;
  }
}

/** A fault, or an HTTP status that concerns the message. */
function isRefusal(error: unknown): boolean {
  if (isAgentError(error, "ACS_FAULT")) return true;
  const status = isAgentError(error, "ACS_HTTP_STATUS") ? (error.status ?? 0) : 0;
  return status >= 400 && status <= 599 && !OTHER_TROUBLE.has(status);
}
