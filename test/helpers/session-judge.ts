import assert from "node:assert/strict";
import { decodeEnvelope } from "../../src/soap/envelope.ts";

/** What an ACS may do in answer to a POST; `out of turn` is left to the judge, who knows what was asked. */
export type AcsMove =
  | { readonly kind: "answer"; readonly hold: boolean }
  | { readonly kind: "fault"; readonly code: number }
  | { readonly kind: "request" }
  | { readonly kind: "empty" }
  /** Whatever can never be right: garbage, an answer with a wrong ID, an HTTP error, a lost connection. */
  | { readonly kind: "broken" };

/** How a session ended for the standard. */
export type Verdict = "running" | "succeeded" | "failed";

/** A local bound of the agent: so often it sends a request again that the ACS wants again (fault 8005). */
const MAX_REPEATS = 10;

/**
 * Watches one session from the ACS's side and knows, from the text of TR-069 3.7.1 alone, what the CPE may post next. It
 * shares nothing with the session machine of the agent, and fails the test when the CPE does anything else.
 */
export class SessionJudge {
  #next: "inform" | "repeat" | "response" | "request or empty" | "empty" | "nothing" = "inform";
  /** The request of the CPE that has no answer yet. */
  #asking: "inform" | "other" | null = "inform";
  #informed = false;
  #onHold = false;
  /** An empty POST has been sent while not on hold: the CPE has no more to ask. */
  #done = false;
  #refused = false;
  #repeats = 0;
  #request: string | null = null;
  verdict: Verdict = "running";

  /** The CPE posts. */
  posted(body: string | null): void {
    if (this.#next === "repeat") {
      assert.equal(body, this.#request, "fault 8005 asks for the very same request");
      return;
    }
    const is = kindOf(body);
    assert.ok(this.#next.split(" or ").includes(is), `the CPE may post ${this.#next}, not ${is}`);
    if (is === "request" || is === "inform") {
      this.#asking = is === "inform" ? "inform" : "other";
      this.#request = body;
      this.#repeats = 0;
    }
    if (is === "empty" && !this.#onHold) this.#done = true;
  }

  /** The ACS answers. */
  answered(move: AcsMove): void {
    const right = this.#asking === null ? this.#turnOfTheAcs(move) : this.#answerToRequest(move);
    if (right) return;
    this.verdict = "failed";
    this.#next = "nothing";
  }

  /** The Inform has been answered well. */
  get informed(): boolean {
    return this.#informed;
  }

  #answerToRequest(move: AcsMove): boolean {
    if (move.kind === "fault" && move.code === 8005 && ++this.#repeats <= MAX_REPEATS) {
      this.#next = "repeat";
      return true;
    }
    const refused = move.kind === "fault" && this.#asking === "other";
    if (move.kind !== "answer" && !refused) return false;
    this.#informed = true;
    this.#asking = null;
    this.#onHold = move.kind === "answer" && move.hold;
    // A request that was refused is not made again in this session, and no other either (C-078).
    this.#refused ||= refused;
    this.#next = this.#onHold || this.#refused ? "empty" : "request or empty";
    return true;
  }

  #turnOfTheAcs(move: AcsMove): boolean {
    if (move.kind === "request") {
      this.#next = "response";
      return true;
    }
    if (move.kind !== "empty") return false;
    if (this.#done) {
      this.verdict = "succeeded";
      this.#next = "nothing";
      return true;
    }
    this.#onHold = false;
    this.#next = this.#refused ? "empty" : "request or empty";
    return true;
  }
}

function kindOf(body: string | null): "inform" | "request" | "response" | "empty" {
  if (body === null) return "empty";
  const { body: content } = decodeEnvelope(body);
  if (content.kind !== "request") return "response";
  return content.name === "Inform" ? "inform" : "request";
}
