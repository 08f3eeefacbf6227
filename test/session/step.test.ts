import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FIRST_STEP, type SessionInput, type SessionState, step } from "../../src/session/step.ts";

const informing: SessionState = { value: "informing" };
const sending: SessionState = { value: "sending" };
const serving: SessionState = { value: "serving" };

function run(inputs: readonly SessionInput[]): readonly string[] {
  const effects: string[] = [FIRST_STEP.effect];
  let { state } = FIRST_STEP;
  for (const input of inputs) {
    const next = step(state, input);
    effects.push(next.effect);
    state = next.state;
  }
  return [...effects, state.value === "ended" ? `ended: ${state.problem}` : state.value];
}

const answered = (left = 0, hold = false): SessionInput => ({ value: "answered", hold, left });
const empty = (left = 0): SessionInput => ({ value: "empty", left });
const request: SessionInput = { value: "request" };

describe("the order of a session", () => {
  test("C-067 C-068 C-075 a bare Inform ends with an empty POST and an empty answer", () => {
    assert.deepEqual(run([answered(), empty()]), ["sendNext", "sendEmpty", "close", "ended: null"]);
  });

  test("C-069 requests of the ACS are served one after the other until it has none left", () => {
    const effects = run([answered(), request, request, empty()]);
    assert.deepEqual(effects, ["sendNext", "sendEmpty", "serve", "serve", "close", "ended: null"]);
  });

  test("C-073 requests of the CPE go out before the first empty POST", () => {
    const effects = run([answered(2), answered(1), answered(0), empty()]);
    assert.deepEqual(effects, ["sendNext", "sendNext", "sendNext", "sendEmpty", "close", "ended: null"]);
  });

  test("C-070 a request of the ACS between two of the CPE is served first", () => {
    const effects = run([answered(1), request, empty(1), answered(0), empty()]);
    assert.deepEqual(effects.slice(0, 5), ["sendNext", "sendNext", "serve", "sendNext", "sendEmpty"]);
  });

  test("C-072 on hold the CPE sends an empty POST and makes its requests once the hold is over", () => {
    const effects = run([answered(1, true), empty(1), answered(0), empty()]);
    assert.deepEqual(effects, ["sendNext", "sendEmpty", "sendNext", "sendEmpty", "close", "ended: null"]);
  });

  test("C-075 an empty answer to an empty POST on hold does not end the session", () => {
    const effects = run([answered(0, true), empty(), empty()]);
    assert.deepEqual(effects, ["sendNext", "sendEmpty", "sendEmpty", "close", "ended: null"]);
  });

  test("C-071 after an empty POST that was not on hold the CPE makes no more requests", () => {
    assert.equal(step(serving, empty(3)).effect, "close");
  });

  test("C-077 the same request goes out again when the ACS asks for that", () => {
    assert.equal(step(informing, { value: "again" }).effect, "sendAgain");
    assert.equal(step(sending, { value: "again" }).effect, "sendAgain");
  });

  test("C-067 a request or an empty answer in place of the InformResponse fails the session", () => {
    assert.match(run([request]).at(-1) ?? "", /^ended: the ACS answered the Inform with a request/);
    assert.match(run([empty()]).at(-1) ?? "", /^ended: the ACS answered the Inform with an empty answer/);
  });

  test("C-076 an answer that answers nothing fails the session", () => {
    assert.match(run([answered(), answered()]).at(-1) ?? "", /^ended: the ACS answered a request/);
  });

  test("every input in every state leads to a state that the standard has, and a broken session is always over", () => {
    const inputs: SessionInput[] = [
      answered(),
      answered(1),
      answered(1, true),
      { value: "again" },
      request,
      empty(),
      empty(2),
    ];
    for (const state of [informing, sending, serving]) {
      for (const input of inputs) {
        const next = step(state, input);
        assert.equal(next.effect === "close", next.state.value === "ended");
      }
      assert.deepEqual(step(state, { value: "broken", problem: "x" }).state, { value: "ended", problem: "x" });
    }
  });
});
