import { hostInUrl } from "../cwmp/addresses.ts";
import type { ConnectionRequestListener, ConnectionRequests } from "../ports/connection-requests.ts";
import type { Random } from "../ports/random.ts";
import type { AcsSettings } from "./acs-settings.ts";

/** 120 bits: nobody guesses the path (C-211). */
const TOKEN_BYTES = 15;

export function createToken(random: Random): string {
  return [...random.bytes(TOKEN_BYTES)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The phone's door for connection requests: open while TR-069 is on. */
export interface ConnectionEndpoint {
  open(): Promise<void>;
  close(): Promise<void>;
  /** What ConnectionRequestURL says; empty while the door is closed or the phone has no address (C-210). */
  url(cpeUrl: string | null, lanAddress: string): string;
}

export interface ConnectionEndpointOptions {
  readonly connectionRequests: ConnectionRequests;
  readonly token: string;
  readonly cpeUrl: () => string | null;
  readonly credentials: () => AcsSettings["connectionRequest"];
  readonly requested: () => void;
}

export function createConnectionEndpoint(options: ConnectionEndpointOptions): ConnectionEndpoint {
  let listener: ConnectionRequestListener | null = null;
  return {
    async open() {
      const { connectionRequests, token, cpeUrl, credentials, requested } = options;
      listener ??= await connectionRequests.listen({
        token,
        cpeUrl,
        credentials,
        requested,
        available: () => listener !== null,
      });
    },
    async close() {
      const closing = listener;
      listener = null;
      await closing?.close();
    },
    url(cpeUrl, lanAddress) {
      if (listener === null) return "";
      if (cpeUrl !== null) return cpeUrl;
      const host = listener.host ?? lanAddress;
      return host === "" ? "" : `http://${hostInUrl(host)}:${listener.port}/${options.token}`;
    },
  };
}
