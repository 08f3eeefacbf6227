import assert from "node:assert/strict";
import test from "node:test";
import { createUsedNonces } from "../../src/connection-request/used-nonces.ts";
import { createFakeTime } from "../helpers/fake-time.ts";

test("C-215 C-283 the table is bounded, and what falls out of it cannot be replayed", async () => {
  const time = createFakeTime();
  const used = createUsedNonces({ clock: time.clock, lifetimeMs: 1000, limit: 3 });
  for (const issuedMs of [10, 20, 30, 40]) assert.ok(used.use(`n${issuedMs}`, issuedMs, 1));
  assert.equal(used.size, 3);
  assert.equal(used.use("n10", 10, 2), false, "forgotten, so never again");
  assert.equal(used.use("n5", 5, 1), false, "older than a forgotten one: ask for a fresh nonce");
  assert.equal(used.use("n40", 40, 1), false);
  assert.equal(used.use("n40", 40, 2), true);
  assert.equal(used.use("n50", 50, 1), true);
});

test("C-283 expired nonces make room first", async () => {
  const time = createFakeTime();
  const used = createUsedNonces({ clock: time.clock, lifetimeMs: 1000, limit: 3 });
  used.use("a", 0, 1);
  used.use("b", 0, 1);
  used.use("c", 900, 1);
  await time.advance(1001);
  assert.ok(used.use("d", 1000, 1));
  assert.equal(used.size, 2);
  assert.ok(used.use("c", 900, 2), "what is still good is kept");
});
