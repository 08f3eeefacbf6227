/**
 * Makes pages live: times go into the zone of the browser, which is named; parts with `data-live` are fetched anew from there when the phone says that something has happened, and
 * elements with `data-in` (milliseconds) count down. A part with `data-every` (milliseconds) is fetched as often while it is seen, and with `data-quiet` no more often than that; one that somebody fills in stays as it is. Pages are whole without it.
 */
export const LIVE_SCRIPT = `"use strict";
(() => {
  const WAIT_MS = 400;
  const deadlines = new WeakMap();

  function readCountdowns(root) {
    for (const element of root.querySelectorAll("[data-in]")) {
      deadlines.set(element, performance.now() + Number(element.dataset.in));
    }
  }

  function waitText(ms) {
    const seconds = Math.round(ms / 1000);
    if (seconds <= 0) return "now";
    const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
    const first = units.findIndex(([, size]) => seconds >= size);
    let rest = seconds;
    const words = [];
    for (const [unit, size] of units.slice(first, first + 2)) {
      const count = Math.floor(rest / size);
      rest -= count * size;
      if (count > 0) words.push(count + " " + unit);
    }
    return "in " + words.join(" ");
  }

  function countDown() {
    for (const element of document.querySelectorAll("[data-in]")) {
      const text = waitText(deadlines.get(element) - performance.now());
      if (element.textContent !== text) element.textContent = text;
    }
  }

  const two = (count) => String(count).padStart(2, "0");

  function localTimes(root) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const element of root.querySelectorAll("time.moment")) {
      const at = new Date(element.dateTime);
      const [date, time] = element.querySelectorAll("span");
      date.textContent = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
      time.textContent = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
      element.title = zone;
    }
    for (const note of root.querySelectorAll("[data-zone]")) {
      note.textContent = "Times are in the time zone of this browser: " + zone + ".";
    }
  }

  function isFilledIn(part) {
    const { activeElement } = document;
    if (part.contains(activeElement) && activeElement.matches("input, button")) return true;
    return [...part.querySelectorAll("input")].some(({ value, defaultValue }) => value !== defaultValue);
  }

  function replace(part, text) {
    if (isFilledIn(part)) return;
    const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    part.innerHTML = text;
    readCountdowns(part);
    localTimes(part);
    if (focused === null) return;
    for (const link of part.querySelectorAll("a")) {
      if (link.getAttribute("href") === focused) link.focus({ preventScroll: true });
    }
  }

  function refresher(part) {
    let busy = false;
    let again = false;
    async function refresh() {
      again = busy;
      if (busy) return;
      busy = true;
      try {
        const answer = await fetch(part.dataset.live, { cache: "no-store" });
        if (answer.ok && !answer.redirected) replace(part, await answer.text());
      } catch {
        // The phone is away for a moment: the next event brings the part up to date.
      }
      setTimeout(() => {
        busy = false;
        if (again) refresh();
      }, WAIT_MS);
    }
    const every = Number(part.dataset.every);
    if (every > 0) setInterval(() => document.hidden || refresh(), every);
    return { session: part.dataset.session, refresh };
  }

  readCountdowns(document);
  localTimes(document);
  setInterval(countDown, 1000);
  const live = [...document.querySelectorAll("[data-live]")];
  const parts = live.map(refresher);
  if (live.every((part) => part.dataset.quiet !== undefined)) return;
  const [base] = /^(\\/phones\\/[^/]+)?/.exec(live[0].dataset.live);
  const events = new EventSource(base + "/sessions/live");
  events.addEventListener("open", () => {
    // Covers events before the connection was open, or while it was down.
    for (const { refresh } of parts) refresh();
  });
  events.addEventListener("session", ({ data }) => {
    for (const { session, refresh } of parts) {
      if (session === undefined || data === "" || data === session) refresh();
    }
  });
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) location.reload();
  });
})();
`;
