import type { Problem } from "../../control/problem.ts";

/** The agent refused the command. */
export class AgentRefusal extends Error {
  override readonly name = "AgentRefusal";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** No agent is running, or it ended. */
export class AgentGone extends Error {
  override readonly name = "AgentGone";

  constructor(socket: string, cause: unknown) {
    super(reasonOf(socket, codeOf(cause)), { cause });
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

function reasonOf(socket: string, code: string): string {
  switch (code) {
    case "ENOENT":
    case "ECONNREFUSED":
    case "ENOTDIR":
      return `no agent listens at ${socket}: start it with akuvox-cpe run, or select one with --socket or --config`;
    case "EACCES":
    case "EPERM":
      return `the agent at ${socket} belongs to another user: run this as the user that runs the agent (sudo -u …)`;
    case "ENAMETOOLONG":
    case "EINVAL":
      return `${socket} is too long for a socket: set a shorter control.socket`;
    case "ECONNRESET":
    case "EPIPE":
    case "ABORT_ERR":
      return `the agent at ${socket} stopped before it had answered: see its log`;
    case "ETIMEDOUT":
      return `the agent at ${socket} does not answer: it is busy or stuck, see its log`;
    default:
      return `the agent at ${socket} cannot be reached${code === "" ? "" : `: ${code}`}`;
  }
}
