import { problemOf, statusOf } from "../../control/problem.ts";
import { sentence } from "../sentence.ts";

export interface ActionRefusal {
  readonly status: ReturnType<typeof statusOf>;
  readonly message: string;
}

/** Why an action was refused, as the API would say it. Throws what is no refusal: a restarting phone, a mistake of ours. */
export function refusalOf(error: unknown): ActionRefusal {
  const problem = problemOf(error);
  if (problem === null || problem.code === "PHONE_DOWN") throw error;
  return { status: statusOf(problem.code), message: sentence(problem.message) };
}
