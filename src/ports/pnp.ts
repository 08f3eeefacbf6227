/** The identity that a phone sends when it asks the local network for its provisioning server. */
export interface PnpPhone {
  /** In any common form. */
  readonly macAddress: string;
  readonly vendor: string;
  readonly modelName: string;
  readonly firmware: string;
}

/** `none`: why there is no URL, as the end of a sentence. */
export type PnpAnswer =
  | { readonly kind: "url"; readonly url: string; readonly from: string }
  | { readonly kind: "none"; readonly reason: string };

/** SIP plug and play: asks the local network for the URL of this phone's files. */
export interface Pnp {
  /** The first usable answer. Resolves within seconds; with `none` at once when the signal ends it. Never rejects. */
  ask(phone: PnpPhone, signal: AbortSignal): Promise<PnpAnswer>;
}
