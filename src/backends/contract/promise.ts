import type { ContractPhone } from "./contract-phone.ts";

/** One thing that every backend does. */
export interface ContractPromise {
  /** The end of a sentence that begins with the backend's name. */
  readonly name: string;
  /** For who has broken it. */
  readonly advice: string;
  /** Proves nothing where the phone cannot lose its power. */
  readonly needsPowerCut?: true;
  /** Throws BrokenPromise, or what the backend has thrown. */
  prove(phone: ContractPhone): Promise<void>;
}

export function promise(name: string, advice: string, prove: ContractPromise["prove"]): ContractPromise {
  return { name, advice, prove };
}
