import type { Context } from "hono";
import { refuse } from "../refusals.ts";

/** Identifies a session, or a message in it, in a URL. */
export const NUMBER = "[0-9]{1,9}";

export function noSession(c: Context) {
  return refuse(c, 404, "No such session", "It does not exist or is no longer kept: the last 50 sessions are.");
}
