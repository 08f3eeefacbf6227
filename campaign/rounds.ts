import type { CampaignAcs } from "./acs/acs.ts";
import { configurationFiles, type OfferedFiles } from "./oracle/configuration-files.ts";
import { fixedOperations, type OperationKind } from "./oracle/random-operations.ts";
import type { Trial } from "./trial.ts";

/** The content of the file server when a phone that uses it starts. */
export function firstFiles({ files }: CampaignAcs): OfferedFiles {
  return configurationFiles(files.url, { common: 1, device: 1 });
}

/** A look at each start that is applied; one that is refused does not stand in the way of another. */
const TRIES = 3;
/** Beyond that a look has come to nothing, as where its connection is silent: the next start looks again. */
const LOOK_MS = 20_000;
const INFORMS_OF_A_TRY = 4;
/** Beyond those of the scenario. */
const FIRST_SERIAL = 100;

/**
 * Rounds of AutoP in one life of the phone, with restarts that the ACS asks for: files that are new, one with a bad line, one
 * that is new beside one that is not. @returns resolves when all of it was done and seen, or the time is up
 */
export async function playRounds(trial: Trial, maxMs: number): Promise<boolean> {
  const { url } = trial.acs.files;
  let serial = FIRST_SERIAL;
  const restart = (): Promise<boolean> => callInSession(trial, ["reboot"], maxMs, serial++);
  const hasLooked = async (): Promise<boolean> => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (tries > 0) await restart();
      if ((await observeLook(trial, LOOK_MS)) && (await isApplied(trial, maxMs))) return true;
    }
    return false;
  };
  if (!(await hasLooked())) return false;
  trial.offer(configurationFiles(url, { common: 1, device: 2, isBad: true }));
  if (!(await restart()) || !(await hasLooked())) return false;
  trial.offer(configurationFiles(url, { common: 1, device: 3 }));
  return (await restart()) && (await hasLooked());
}

/** Opens a session by a connection request and calls these RPCs. @returns whether all were done and reported in time */
export async function callInSession(
  trial: Trial,
  kinds: readonly OperationKind[],
  maxMs: number,
  serial = FIRST_SERIAL,
): Promise<boolean> {
  const operations = fixedOperations(trial, kinds, serial);
  let left = kinds.length;
  trial.operations = () => {
    const next = operations();
    left -= next === null ? 0 : 1;
    return next;
  };
  await trial.phone?.inform();
  return trial.until(() => left === 0 && trial.isIdle && trial.ledger.isSettled, maxMs);
}

/** Waits until the phone has looked at the file server, and for what came of it. Nothing is called meanwhile. */
export async function observeLook(trial: Trial, maxMs: number): Promise<boolean> {
  trial.operations = () => null;
  const looked = await trial.until(() => trial.acs.files.looks > 0, maxMs);
  // What the first session finds may be of before.
  return looked && (await observe(trial, maxMs)) && observe(trial, maxMs);
}

/** Refused files have no effect to wait for. */
async function isApplied(trial: Trial, maxMs: number): Promise<boolean> {
  for (let informs = 0; !trial.ledger.filesAreApplied && informs < INFORMS_OF_A_TRY; informs += 1) {
    if (!(await observe(trial, maxMs))) return false;
  }
  return trial.ledger.filesAreApplied;
}

async function observe(trial: Trial, maxMs: number): Promise<boolean> {
  const { counts } = trial.ledger;
  const { observed } = counts;
  await trial.phone?.inform();
  return trial.until(() => counts.observed > observed && trial.isIdle, maxMs);
}
