/** What `akuvox-cpe/backend` exports: the contract for authors of backends. Changes here change the contract. */

export type {
  Applied,
  Backend,
  BackendChange,
  BackendFiles,
  BackendKey,
  FactorySettings,
  StagedChange,
} from "../ports/backend.ts";
export { BACKEND_CONTRACT } from "./contract/contract.ts";
export type { ContractFacts, ContractPhone } from "./contract/contract-phone.ts";
export { BrokenPromise } from "./contract/expect.ts";
export type { ContractPromise } from "./contract/promise.ts";
export {
  CONTRACT_VERSION,
  type CreateBackend,
  type PlugIn,
  type PlugInContext,
  type PlugInHardware,
  type PlugInLog,
  type PlugInPhone,
  type PlugInValues,
} from "./plugin/plug-in.ts";
