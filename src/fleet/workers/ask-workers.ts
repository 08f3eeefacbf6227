import { ApiError } from "../../control/problem.ts";
import { WorkerDown } from "./worker-link.ts";
import type { WorkerPart } from "./worker-part.ts";

/** The number of affected phones. */
export interface Affected {
  readonly phones: number;
}

interface Answers<T> {
  readonly done: readonly { readonly part: WorkerPart; readonly answer: T }[];
  /** The workers that did not answer, and the reasons. */
  readonly down: readonly { readonly part: WorkerPart; readonly why: string }[];
  readonly refused: readonly ApiError[];
}

/** Sends a request to all workers at once. */
export async function askAll<T>(
  parts: readonly WorkerPart[],
  ask: (part: WorkerPart) => Promise<T>,
): Promise<Answers<T>> {
  const [done, down, refused]: [Answers<T>["done"][number][], Answers<T>["down"][number][], ApiError[]] = [[], [], []];
  await Promise.all(
    parts.map(async (part) => {
      try {
        done.push({ part, answer: await ask(part) });
      } catch (error) {
        if (error instanceof WorkerDown) down.push({ part, why: error.message });
        else if (error instanceof ApiError) refused.push(error);
        else throw error;
      }
    }),
  );
  return { done, down, refused };
}

/**
 * Performs an operation on all of these workers.
 *
 * @param phonesOf the number of affected phones; null: the operation is not for phones
 * @throws ApiError the refusal, if all refuse; WORKER_DOWN if only some have done it, with the number of phones for which it was done
 */
export async function runOnAll<T>(
  parts: readonly WorkerPart[],
  ask: (part: WorkerPart) => Promise<T>,
  phonesOf: ((answer: T) => number) | null,
): Promise<readonly T[]> {
  const { done, down, refused } = await askAll(parts, ask);
  const answers = done.map(({ answer }) => answer);
  const [refusal] = refused;
  if (down.length === 0 && refusal === undefined) return answers;
  if (down.length === 0 && refusal !== undefined && done.length === 0) throw refusal;
  const reasons = [...down.map(({ why }) => why), ...(refusal === undefined ? [] : [refusal.message])].join("; ");
  throw new ApiError("WORKER_DOWN", done.length === 0 ? reasons : `${reasons}; ${othersText(answers, phonesOf)}`);
}

function othersText<T>(answers: readonly T[], phonesOf: ((answer: T) => number) | null): string {
  if (phonesOf === null) return "the other workers did it";
  const phones = answers.reduce((sum, answer) => sum + phonesOf(answer), 0);
  return `the other workers did it for ${phones} ${phones === 1 ? "phone" : "phones"}`;
}
