import assert from "node:assert/strict";
import test from "node:test";
import { type AttemptResult, createGuesses } from "../../src/connection-request/guesses.ts";
import { createFailedAttempts } from "../../src/system/failed-attempts.ts";
import { createFakeTime } from "../helpers/fake-time.ts";

/** Two failures are free, then there is one attempt a second. */
function made() {
  const time = createFakeTime({ inMemory: true });
  const policy = { free: 2, firstWaitMs: 1000, maxWaitMs: 1000, whole: { count: 100, eachMs: 1 } };
  const guesses = createGuesses(createFailedAttempts(time.clock, policy), time.scheduler);
  const seen: string[] = [];
  const attempt = (name: string, result: AttemptResult, from = "192.0.2.1") =>
    guesses.attempt({
      from,
      look() {
        seen.push(name);
        return result;
      },
      drop: () => void seen.push(`${name} dropped`),
    });
  return { time, guesses, seen, attempt };
}

test("a thousand guesses of one source are looked at one a second, and no more than 32 wait", async () => {
  const { time, seen, attempt } = made();
  for (let guess = 0; guess < 1000; guess++) attempt("guess", "failed");
  assert.equal(seen.filter((name) => name === "guess").length, 2);
  assert.equal(seen.filter((name) => name === "guess dropped").length, 1000 - 2 - 32);
  await time.advance(10_000);
  assert.equal(seen.filter((name) => name === "guess").length, 12);
});

test("another source is looked at at once", () => {
  const { seen, attempt } = made();
  for (let guess = 0; guess < 10; guess++) attempt("guess", "failed");
  attempt("acs", "accepted", "198.51.100.1");
  assert.equal(seen.at(-1), "acs");
});

test("the newest is looked at first, and behind a right one nobody waits", async () => {
  const { time, seen, attempt } = made();
  for (const name of ["a", "b", "c", "d"]) attempt(name, "failed");
  attempt("acs", "accepted");
  assert.deepEqual(seen, ["a", "b"]);
  await time.advance(1000);
  assert.deepEqual(seen, ["a", "b", "acs", "d"]);
  await time.advance(1000);
  assert.deepEqual(seen, ["a", "b", "acs", "d", "c"]);
});

test("within one source the address with the fewest failures comes first, however many guesses wait", async () => {
  const { time, seen, attempt } = made();
  for (let guess = 0; guess < 10; guess++) attempt("guess", "failed", "127.0.0.66");
  attempt("acs", "accepted", "127.0.0.1");
  for (let guess = 0; guess < 100; guess++) attempt("guess", "failed", "127.0.0.66");
  assert.ok(!seen.includes("acs"));
  await time.advance(1000);
  assert.deepEqual(
    seen.filter((name) => !name.endsWith("dropped")),
    ["guess", "guess", "acs", "guess"],
  );
  assert.ok(!seen.includes("acs dropped"));
});

test("what says nothing about the password costs no wait, and what waits at the end is dropped", () => {
  const { time, guesses, seen, attempt } = made();
  for (let count = 0; count < 10; count++) attempt("stale", "other");
  assert.equal(seen.length, 10);
  for (let guess = 0; guess < 3; guess++) attempt("guess", "failed");
  guesses.close();
  assert.equal(seen.at(-1), "guess dropped");
  assert.deepEqual(time.pendingTimers(), []);
});
