/**
 * Ends a process of tests in which nothing goes on any more: no test has begun or ended for so long. The limit is for one test,
 * not for a file or a group of files, whose time grows with the load of the machine. Imported first by each group.
 */
import { afterEach, beforeEach } from "node:test";

/** Some tests take seconds on a quick machine, which is minutes on one that is a hundred times slower. */
const LIMIT_MS = Number(process.env.TEST_LIMIT_MS ?? 1_200_000);

const running = new Set();
let timer = watch();

beforeEach((context) => {
  running.add(context.name);
  timer = watch(timer);
});
afterEach((context) => {
  running.delete(context.name);
  timer = watch(timer);
});

function watch(earlier) {
  clearTimeout(earlier);
  return setTimeout(cutOff, LIMIT_MS).unref();
}

function cutOff() {
  const names = [...running].map((name) => JSON.stringify(name)).join(", ");
  console.error(
    `npm test: cut off: for ${LIMIT_MS / 1000} s no test has begun or ended; running: ${names || "none, but a hook of a suite"}`,
  );
  process.exit(1);
}
