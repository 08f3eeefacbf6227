import assert from "node:assert/strict";
import { test } from "node:test";
import { closedSessions } from "../../../src/cli/demo/trace-reader.ts";

const line = (session: number, kind: string, at = 0): string => `${JSON.stringify({ session, at, kind })}\n`;

test("closed sessions come in the order of their ends; what is still open or half written does not", () => {
  const text = [line(1, "connected"), line(1, "closed"), line(2, "connected"), line(2, "secured")].join("");
  const kinds = (of: string) => closedSessions(of).map((records) => records.map(({ kind }) => kind));
  assert.deepEqual(kinds(`${text}{"session":2,"ki`), [["connected", "closed"]]);
  assert.deepEqual(kinds(text + line(2, "closed")), [
    ["connected", "closed"],
    ["connected", "secured", "closed"],
  ]);
});

test("after a kill the numbers begin anew, and what was left open is no part of the new session", () => {
  const text = [line(1, "connected", 1), line(1, "connected", 2), line(1, "closed", 3)].join("");
  assert.deepEqual(
    closedSessions(text).map((records) => records.map(({ at }) => at)),
    [[2, 3]],
  );
});
