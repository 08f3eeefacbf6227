import type { Random } from "../../src/ports/random.ts";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { configurationFiles, type OfferedFiles } from "../oracle/configuration-files.ts";
import { randomOperations } from "../oracle/random-operations.ts";
import type { BackendName } from "../phone/settings.ts";
import { folderName, type OperationSource, sleep, Trial } from "../trial.ts";
import type { Part, PartContext, TrialResult } from "./part.ts";

const KILLS_OF_A_PHONE = 10;
/** A kill comes at an answer of the ACS, or so long after it. */
const MAX_AFTER_MS = 25;
const AT_THE_ANSWER = 0.3;
const MAX_ANSWERS = 14;
/** Of all kills, those at any moment of a start. */
const IN_THE_START = 0.2;
const START_MS = 1500;
/** Of all starts, those that find other files on the file server. */
const NEW_FILES = 0.5;
const BAD_FILES = 0.2;
const MAX_FILES = 4;

/** SIGKILL at random moments: each start checks what the last one left, calls more, and is killed in turn. */
export const kills: Part = {
  name: "kills",
  trials: ({ backends, count }) =>
    Array.from({ length: Math.ceil(count / KILLS_OF_A_PHONE) }, (_, at) => {
      const backend = backends[at % backends.length] ?? "config-file";
      // Every third round of the backends with TLS.
      const secured = Math.floor(at / backends.length) % 3 === 1;
      const id = `${backend}${secured ? "+tls" : ""}:${at}`;
      return { id, run: (context) => phoneWithKills(context, id, backend, secured) };
    }),
};

async function phoneWithKills(
  { main, scratch, seed, servers }: PartContext,
  id: string,
  backend: BackendName,
  secured: boolean,
): Promise<TrialResult> {
  const random = createSeededRandom(`${seed}/kills/${id}`);
  const folder = folderName(scratch, `kills-${id.replace(":", "-")}`);
  const acs = await servers.take(secured);
  const trial = await Trial.open({ main, folder, backend, acs });
  const operations = randomOperations(trial, random);
  const { findings, counts } = trial.ledger;
  let done = 0;
  try {
    while (done < KILLS_OF_A_PHONE && findings.length === 0) {
      if (random.between(0, 1) < NEW_FILES) trial.offer(randomFiles(acs.files.url, random));
      await oneKill(trial, random, operations());
      done += 1;
    }
    if (findings.length === 0) await trial.verify();
  } finally {
    await trial.close();
    servers.giveBack(acs);
  }
  return { inputs: done, counts, findings, folder };
}

async function oneKill(trial: Trial, random: Random, operations: OperationSource): Promise<void> {
  const inStart = random.between(0, 1) < IN_THE_START;
  const last = trial.answers + 1 + Math.floor(random.between(0, MAX_ANSWERS));
  const atAnswer = random.between(0, 1) < AT_THE_ANSWER;
  const afterMs = random.between(0, MAX_AFTER_MS);
  const startMs = random.between(0, START_MS);
  trial.operations = operations;
  trial.onAnswer = (count) => {
    if (!inStart && atAnswer && count >= last) trial.phone?.kill("SIGKILL");
    return "send";
  };
  const phone = trial.start();
  if (inStart) await Promise.race([sleep(startMs), phone.end]);
  else {
    // One that has nothing more to say is killed as well.
    await trial.until(() => trial.answers >= last || (trial.isIdle && trial.ledger.isSettled));
    await sleep(afterMs);
  }
  if (phone.ended !== null && phone.ended.signal !== "SIGKILL") {
    trial.ledger.findings.push(`the phone has ended by itself: exit code ${phone.ended.code}`);
  }
  await trial.kill();
}

function randomFiles(url: string, random: Random): OfferedFiles {
  const serial = (): number => Math.floor(random.between(0, MAX_FILES));
  const common = serial();
  return configurationFiles(url, {
    common: common === 0 ? null : common,
    device: serial(),
    isBad: random.between(0, 1) < BAD_FILES,
  });
}
