import { createHash } from "node:crypto";
import type { Random } from "../../src/ports/random.ts";
import type { OperationSource, Trial } from "../trial.ts";
import {
  addObject,
  changeUrl,
  deleteObject,
  downloadConfiguration,
  downloadFirmware,
  factoryReset,
  type Offered,
  type Operation,
  overrideFiles,
  reboot,
  scheduleInform,
  setAttributes,
  setBadValues,
  setFileServer,
  setValues,
  upload,
} from "./operations.ts";
import { ACS_URL, profilesOf } from "./phone-state.ts";

/** Makes a call of one kind, or null where the phone's state does not permit it. */
type Maker = (trial: Trial, serial: number) => Operation | null;

/** Accounts of the campaign's phone. */
const MAX_PROFILES = 3;

const MAKERS = {
  set: (_, serial) => setValues(serial),
  "bad set": (_, serial) => setBadValues(serial),
  attributes: (_, serial) => setAttributes(serial),
  add: ({ ledger }, serial) =>
    ledger.state !== null && profilesOf(ledger.state).length < MAX_PROFILES ? addObject(serial) : null,
  delete({ ledger }, serial) {
    // The first one has values that are watched.
    const last =
      ledger.state === null
        ? undefined
        : profilesOf(ledger.state)
            .filter((one) => one > 1)
            .at(-1);
    return last === undefined ? null : deleteObject(serial, last);
  },
  reboot: (_, serial) => reboot(serial),
  "factory reset": ({ ledger }, serial) =>
    ledger.factory === null || ledger.state === null ? null : factoryReset(serial, ledger.factory),
  "schedule inform": (_, serial) => scheduleInform(serial),
  url(trial, serial) {
    const { state } = trial.ledger;
    if (state === null) return null;
    return changeUrl(serial, trial.url(state.get(ACS_URL)?.endsWith("/acs") === true ? "/other" : "/acs"));
  },
  download: (trial, serial) => offered(trial, downloadConfiguration(serial, trial.url(""), false)),
  "schedule download": (trial, serial) => offered(trial, downloadConfiguration(serial, trial.url(""), true)),
  firmware(trial, serial) {
    if (hasNoFiles(trial)) return null;
    return offered(trial, downloadFirmware(serial, trial.url(""), firmwareImage(serial)));
  },
  "file server": ({ acs }, serial) => setFileServer(serial, acs.files.url),
  override: (_, serial) => overrideFiles(serial),
  upload: (trial, serial) => (trial.ledger.state === null || hasNoFiles(trial) ? null : upload(serial, trial.url(""))),
} as const satisfies Record<string, Maker>;

export type OperationKind = keyof typeof MAKERS;
export const OPERATION_KINDS = Object.keys(MAKERS) as readonly OperationKind[];

/** How often each kind is called, of all. */
const WEIGHTS: Readonly<Record<OperationKind, number>> = {
  ...{ set: 8, "bad set": 2, attributes: 3, add: 4, delete: 4, reboot: 2, "factory reset": 1 },
  ...{ "schedule inform": 2, url: 1, download: 2, "schedule download": 1, firmware: 1, upload: 1 },
  ...{ "file server": 3, override: 3 },
};
const MAX_CALLS = 6;

/** For each life of the phone a handful of calls of random kinds. Serial numbers go on over all of them. */
export function randomOperations(trial: Trial, random: Random): () => OperationSource {
  const kinds = OPERATION_KINDS.flatMap((kind) => Array.from({ length: WEIGHTS[kind] }, () => kind));
  const next = createCalls(trial);
  return () => {
    let left = 1 + Math.floor(random.between(0, MAX_CALLS));
    return () => {
      if (left <= 0) return null;
      left -= 1;
      return next(kinds[Math.floor(random.between(0, kinds.length))] ?? "set") ?? next("set");
    };
  };
}

/** These kinds in turn, each once. @param serial of the first one */
export function fixedOperations(trial: Trial, kinds: readonly OperationKind[], serial = 1): OperationSource {
  const next = createCalls(trial, serial);
  const left = [...kinds];
  return () => {
    const kind = left.shift();
    return kind === undefined ? null : (next(kind) ?? null);
  };
}

function createCalls(trial: Trial, first = 1): (kind: OperationKind) => Operation | null {
  let serial = first;
  return (kind) => MAKERS[kind](trial, serial++);
}

function offered({ acs, ledger }: Trial, { operation, path, bytes }: Offered): Operation | null {
  // One at a time: the order in which several files were applied is not reported.
  if (ledger.state === null) return null;
  acs.serve(path, bytes);
  return operation;
}

/** The example of a plug-in takes no firmware and gives no file. */
function hasNoFiles({ backend }: Trial): boolean {
  return backend === "plug-in";
}

/** Good for the simulated phone (docs/firmware-image.md) and for the hooks; an install command takes anything. */
function firmwareImage(serial: number): Buffer {
  const payload = Buffer.alloc(5000, serial);
  const sha256 = createHash("sha256").update(payload).digest("hex");
  const manifest = { format: "akuvox-cpe-rom-1", model: "SP-R53P", version: `53.1.0.${serial}`, sha256 };
  return Buffer.concat([Buffer.from(`${JSON.stringify(manifest)}\n`), payload]);
}
