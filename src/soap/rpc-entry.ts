import type { FieldsOf } from "./codecs.ts";
import type { RequestOf, ResponseOf, RpcName } from "./messages.ts";

/** An RPC's arguments and those of its response. The order of the keys is the order on the wire (C-041). */
export interface RpcEntry<N extends RpcName> {
  readonly request: FieldsOf<RequestOf<N>>;
  readonly response: FieldsOf<ResponseOf<N>>;
}
