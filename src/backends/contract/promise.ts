import type { ContractPhone } from "./contract-phone.ts";

/** One thing that every backend does. */
export interface ContractPromise {
  /** The end of a sentence that begins with the backend's name. */
  readonly name: string;
  /** For the author of a backend that breaks it. */
  readonly advice: string;
  /** Not tested where a power cut is not possible. */
  readonly needsPowerCut?: true;
  /** Throws BrokenPromise, or an error of the backend. */
  prove(phone: ContractPhone): Promise<void>;
}

export function promise(name: string, advice: string, prove: ContractPromise["prove"]): ContractPromise {
  return { name, advice, prove };
}
