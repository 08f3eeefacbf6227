import { AUTONOMOUS_REPORTS_DOCUMENT, AutonomousTransfers } from "../../src/agent/autonomous/autonomous-transfers.ts";
import type { EventQueue } from "../../src/agent/events/event-queue.ts";
import type { DurableState } from "../../src/durable/durable-state.ts";
import { type Meter, NO_METER } from "../../src/ports/meter.ts";

interface Options {
  readonly state: DurableState;
  readonly events: EventQueue;
  readonly enabled: boolean;
  readonly meter?: Meter;
  readonly requestSession: () => void;
}

/** Those of a phone whose state is this one. */
export async function openAutonomousTransfers(options: Options): Promise<AutonomousTransfers> {
  const { state, events, enabled, meter = NO_METER, requestSession } = options;
  const autonomousReports = await state.open(AUTONOMOUS_REPORTS_DOCUMENT);
  return new AutonomousTransfers({ phone: { autonomousReports }, events, meter, requestSession }, enabled);
}
