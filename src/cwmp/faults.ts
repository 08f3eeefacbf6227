/**
 * The CWMP fault codes (TR-069 A.5.1, Table 78): text, and the SOAP faultcode that goes with each.
 * Codes 9000-9020 are those a CPE sends; 8000-8006 are those an ACS sends.
 */

export interface FaultEntry {
  readonly text: string;
  /** The side at fault: the `faultcode` of the SOAP fault. */
  readonly type: "Client" | "Server";
}

export const CPE_FAULTS = {
  9000: { text: "Method not supported", type: "Server" },
  9001: { text: "Request denied", type: "Server" },
  9002: { text: "Internal error", type: "Server" },
  9003: { text: "Invalid arguments", type: "Client" },
  9004: { text: "Resources exceeded", type: "Server" },
  9005: { text: "Invalid parameter name", type: "Client" },
  9006: { text: "Invalid parameter type", type: "Client" },
  9007: { text: "Invalid parameter value", type: "Client" },
  9008: { text: "Attempt to set a non-writable parameter", type: "Client" },
  9009: { text: "Notification request rejected", type: "Server" },
  9010: { text: "File transfer failure", type: "Server" },
  9011: { text: "Upload failure", type: "Server" },
  9012: { text: "File transfer server authentication failure", type: "Server" },
  9013: { text: "Unsupported protocol for file transfer", type: "Server" },
  9014: { text: "File transfer failure: unable to join multicast group", type: "Server" },
  9015: { text: "File transfer failure: unable to contact file server", type: "Server" },
  9016: { text: "File transfer failure: unable to access file", type: "Server" },
  9017: { text: "File transfer failure: unable to complete download", type: "Server" },
  9018: { text: "File transfer failure: file corrupted or otherwise unusable", type: "Server" },
  9019: { text: "File transfer failure: file authentication failure", type: "Server" },
  9020: { text: "File transfer failure: unable to complete download within specified time windows", type: "Client" },
  9021: { text: "Cancelation of file transfer not permitted in current transfer state", type: "Client" },
} as const satisfies Record<number, FaultEntry>;

export type FaultCode = keyof typeof CPE_FAULTS;

/** Faults that an ACS may answer with. 8005 asks for the same request again (TR-069 3.7.1.6). */
export const ACS_FAULTS = {
  8000: "Method not supported",
  8001: "Request denied",
  8002: "Internal error",
  8003: "Invalid arguments",
  8004: "Resources exceeded",
  8005: "Retry request",
  8006: "ACS version incompatible with CPE",
} as const;

export const ACS_RETRY_REQUEST = 8005;
export const ACS_VERSION_INCOMPATIBLE = 8006;
