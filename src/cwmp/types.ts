/** The data types of CWMP parameters (TR-106 3.2, TR-069 A.2.3). A comma-separated list travels as `string`. */
export const CWMP_TYPES = [
  "string",
  "int",
  "unsignedInt",
  "long",
  "unsignedLong",
  "boolean",
  "dateTime",
  "base64",
  "hexBinary",
] as const;

export type CwmpType = (typeof CWMP_TYPES)[number];

/** "Time unknown" (TR-106 3.2). */
export const UNKNOWN_TIME = "0001-01-01T00:00:00Z";

/** Longest parameter path, in characters (A.2.2). */
export const MAX_PATH = 256;
/** Longest ParameterKey and CommandKey, in characters, not bytes. */
export const MAX_KEY = 32;
