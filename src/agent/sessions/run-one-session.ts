import { isAgentError, messageOf } from "../../cwmp/errors.ts";
import type { CwmpEvent } from "../../cwmp/events.ts";
import { eventIn } from "../../cwmp/older-versions.ts";
import { runSession, type SessionReport } from "../../session/run-session.ts";
import { type AcsSettings, hasAcs } from "../core/acs-settings.ts";
import type { Feature } from "../core/feature.ts";
import type { AgentOptions } from "../core/options.ts";
import type { SessionOutcome } from "../core/session-history.ts";
import { isBootstrap, isBootstrapDue } from "../events/bootstrap.ts";
import { eventsForInform } from "../events/event-list.ts";
import { buildInform, withValueChange } from "../informs/inform.ts";
import type { ReportedChanges } from "../informs/value-changes.ts";
import { type Language, takesEvent, takesRpc } from "./acs-methods.ts";
import { createRpcContext, type RpcHooks, type SessionPhone } from "./rpc-context.ts";
import { userName } from "./user-name.ts";

export interface SessionParts {
  readonly ports: Pick<AgentOptions, "config" | "transport" | "clock" | "scheduler" | "log" | "meter">;
  readonly phone: SessionPhone;
  readonly settings: AcsSettings;
  readonly features: readonly Feature[];
  readonly hooks: RpcHooks;
  readonly ended: (outcome: SessionOutcome) => void;
  /** More events wait than one Inform may carry. */
  readonly again: () => void;
}

/**
 * One session, from the Inform to its end; false if there was nothing to report. Throws if it failed; undelivered
 * events stay pending. A retry without an event of its own reports `2 PERIODIC`.
 */
export async function runOneSession(session: SessionParts, signal: AbortSignal): Promise<boolean> {
  const { phone, settings } = session;
  const { clock, log, meter } = session.ports;
  if (!hasAcs(settings)) return false;
  await refreshInform(session, signal);
  // Derived from durable state, so that a lost event cannot lose it.
  if (isBootstrapDue(phone, settings)) await phone.events.bootstrap();
  let report = await pendingReport(session);
  if (report.events.length === 0) {
    if (phone.lifecycle.current.retryCount === 0) return false;
    // A failed session is retried even so: the ACS may have requests that it could not make (C-085, C-110).
    await phone.events.raise(RETRY);
    report = await pendingReport(session);
  }
  const { language, all, pending, reported, events } = report;
  const codes = events.map(({ code }) => code);
  const [startedAt, startedMs] = [clock.now(), clock.monotonic()];
  let tookMs: number | undefined;
  const took = (ms: number | undefined): void => {
    tookMs = ms;
  };
  const end = (
    rest: Pick<SessionOutcome, "successful" | "served" | "failure">,
    acsTimeMs: number | null = null,
  ): SessionOutcome => {
    const outcome = {
      events: codes,
      startedAt,
      durationMs: tookMs ?? Math.round(clock.monotonic() - startedMs),
      ...rest,
    };
    for (const feature of session.features) feature.sessionEnded?.(outcome, acsTimeMs);
    meter.sessionEnded({ ...outcome, failure: outcome.failure?.code ?? null });
    session.ended(outcome);
    return outcome;
  };
  log.info({ events: codes }, `Session with the ACS: ${codes.join(", ")}`);
  try {
    const { served, acsTimeMs } = await exchange(session, { language, events, pending, reported, took }, signal);
    if (phone.lifecycle.current.retryCount !== 0) await phone.lifecycle.learn((now) => ({ ...now, retryCount: 0 }));
    const { durationMs } = end({ successful: true, served, failure: null }, acsTimeMs);
    log.info({ events: codes, served, durationMs }, "Session complete");
    if (pending.length < all.length) session.again();
    return true;
  } catch (error) {
    await phone.events.failed();
    const retryCount = phone.lifecycle.current.retryCount + 1;
    await phone.lifecycle.learn((now) => ({ ...now, retryCount }));
    const code = isAgentError(error) ? error.code : "INTERNAL";
    const { durationMs } = end({ successful: false, served: 0, failure: { code, message: messageOf(error) } });
    log.warn({ code, retryCount, durationMs }, `Session failed: ${messageOf(error)}`);
    throw error;
  }
}

/** An Inform needs an event; the local command `inform` uses the same default. */
const RETRY: CwmpEvent = { code: "2 PERIODIC", commandKey: "" };

async function pendingReport({ phone, settings }: SessionParts) {
  const reported = await phone.changes.collect();
  const version = phone.versions.next(settings.url);
  const language: Language = { version, methods: phone.acs.of(settings.url).methods };
  const all = phone.events.pending().filter((event) => takesEvent(event, language) && eventIn(version, event) !== null);
  const hasChanges = reported.refs.length > 0;
  const pending = eventsForInform(all, hasChanges);
  const known = pending.flatMap((event) => eventIn(version, event) ?? []);
  return { reported, language, all, pending, events: withValueChange(known, hasChanges) };
}

/** An ACS that sent a connection request does not wait long for the session. */
const PATIENCE_MS = 5_000;

/** The Inform is sent even if the phone does not answer: with its last known values. Failures have been logged. */
async function refreshInform({ phone, ports }: SessionParts, signal: AbortSignal): Promise<void> {
  const { tree, attributes } = phone;
  const watched = attributes.watched(tree.layout).map(({ ref }) => ref);
  const refreshed = tree.refresh([...tree.layout.forcedInform, ...watched]).catch(() => {});
  let end = (): void => {};
  const waited = new Promise<void>((resolve) => {
    end = resolve;
  });
  const timer = ports.scheduler.after(PATIENCE_MS, "live values for the Inform", end);
  signal.addEventListener("abort", end);
  await Promise.race([refreshed, waited]);
  timer.cancel();
  signal.removeEventListener("abort", end);
}

interface Told {
  readonly language: Language;
  /** As in the Inform. */
  readonly events: readonly CwmpEvent[];
  /** As in the queue. */
  readonly pending: readonly CwmpEvent[];
  readonly reported: ReportedChanges;
  /** The duration of the session, as in its ladder; undefined: not measured. */
  readonly took: (ms: number | undefined) => void;
}

async function exchange(session: SessionParts, told: Told, signal: AbortSignal): Promise<SessionReport> {
  const { phone, settings, features, hooks } = session;
  const { versions } = phone;
  const { config, transport, clock, scheduler, log, meter } = session.ports;
  const facts = {
    identity: config.identity,
    events: told.events,
    retryCount: phone.lifecycle.current.retryCount,
    changed: told.reported.refs,
  };
  const args = await buildInform(facts, phone.tree, clock);
  const { url, password } = settings;
  const { version } = told.language;
  const username = userName(settings, config.identity);
  const codes = told.events.map(({ code }) => code);
  const connection = transport.open({ url, username, password, events: codes }, signal);
  let informed = false;
  let failure: string | undefined;
  const answered = async (): Promise<void> => {
    informed = true;
    await versions.accepted(url, version);
    await phone.events.delivered(told.pending, "InformResponse");
    await told.reported.delivered();
    if (isBootstrap(told.events)) await phone.lifecycle.learn((now) => ({ ...now, informedUrl: url }));
  };
  try {
    const inform = { name: "Inform" as const, args, answered };
    const requests = features
      .flatMap((feature) => feature.requests?.(told.pending) ?? [])
      .filter(({ name }) => takesRpc(name, told.language));
    const acs = URL.canParse(url) ? new URL(url).host : "";
    const limits = config.sessionLimits;
    const context = createRpcContext(phone, hooks);
    return await runSession({
      ...{ connection, inform, requests, context, acs, version, limits },
      ...{ clock, scheduler, log, meter },
    });
  } catch (error) {
    if (!informed) versions.failed(url, version, error);
    failure = messageOf(error);
    throw error;
  } finally {
    await connection.close(failure);
    told.took(connection.tookMs?.());
  }
}
