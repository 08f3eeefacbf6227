import { type CwmpEvent, eventRule } from "../../cwmp/events.ts";
import type { CwmpVersion } from "../../cwmp/versions.ts";
import type { Logger } from "../../ports/logger.ts";
import type { OutgoingRequest } from "../../session/outgoing.ts";
import { isAcsMethod } from "../../soap/rpc-table.ts";
import type { Feature, PhoneLink } from "../core/feature.ts";
import type { AcsKnowledgeStore } from "./acs-knowledge.ts";

/** Methods that every ACS supports, whatever it lists (TR-069 3.6, Table 5). */
const MANDATORY: ReadonlySet<string> = new Set(["Inform", "GetRPCMethods", "TransferComplete"]);
/** Limits for the stored part of an ACS's list. */
const MAX_METHODS = 256;
const MAX_NAME = 64;

/** The CWMP version and the methods that a session may use. */
export interface Language {
  readonly version: CwmpVersion;
  /** Methods that the ACS supports; null: unknown, so every method is tried. */
  readonly methods: readonly string[] | null;
}

/** Whether the CPE may make this request of the ACS. */
export function takesRpc(name: string, { version, methods }: Language): boolean {
  return isAcsMethod(name, version) && (methods === null || MANDATORY.has(name) || methods.includes(name));
}

/** An event whose confirming RPC cannot be called would be reported forever: it waits for an ACS that supports it. */
export function takesEvent({ code }: CwmpEvent, language: Language): boolean {
  return takesRpc(eventRule(code).confirmedBy.replace(/Response$/, ""), language);
}

export interface AcsMethodsOptions extends Pick<PhoneLink, "settings"> {
  readonly phone: { readonly acs: AcsKnowledgeStore };
  readonly log: Logger;
}

/** Calls GetRPCMethods of the ACS once (TR-069 A.3.1.1). After a refusal it is not called again until the next boot. */
export class AcsMethods implements Feature {
  readonly #options: AcsMethodsOptions;
  #refusedBy: string | null = null;

  constructor(options: AcsMethodsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  requests(): readonly OutgoingRequest[] {
    const { url } = this.#options.settings();
    const isKnown = this.#options.phone.acs.of(url).methods !== null;
    return url === this.#refusedBy || isKnown ? [] : [this.#question(url)];
  }

  #question(asked: string): OutgoingRequest<"GetRPCMethods"> {
    const { phone, log } = this.#options;
    return {
      name: "GetRPCMethods",
      args: {},
      async answered({ methodList }) {
        const methods = [...new Set(methodList.filter((name) => name.length <= MAX_NAME))].slice(0, MAX_METHODS);
        await phone.acs.learn(asked, { methods });
        log.info({ methods }, "RPCs that the ACS serves");
      },
      refused: () => {
        this.#refusedBy = asked;
      },
    };
  }
}
