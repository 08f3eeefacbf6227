import type { CwmpVersion } from "../cwmp/versions.ts";
import type { Codec, FieldsOf } from "./codecs.ts";

/** One RPC. The order of the keys of `request` and `response` is the order of the arguments on the wire (C-041). */
export interface Rpc<Request extends object, Response extends object, MethodOf = "CPE" | "ACS" | "both"> {
  /** Whose method it is: the other side calls it (TR-069 A.3, A.4). */
  readonly methodOf: MethodOf;
  /** The first version that has it. */
  readonly since: CwmpVersion;
  readonly request: FieldsOf<Request>;
  readonly response: FieldsOf<Response>;
}

/** The types of the arguments are those of their codecs. */
export function rpc<const MethodOf extends Rpc<object, object>["methodOf"], Q extends object, A extends object>(
  methodOf: MethodOf,
  request: FieldsOf<Q>,
  response: FieldsOf<A>,
  since: CwmpVersion = "1.0",
): Rpc<Q, A, MethodOf> {
  return { methodOf, since, request, response };
}

/** No arguments. */
export const NONE: Readonly<FieldsOf<Record<string, never>>> = {};

export type DecodedBy<C> = C extends Codec<infer T> ? Readonly<T> : never;
