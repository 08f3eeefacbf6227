import { type AutonomousTransfers, openAutonomousTransfers } from "./autonomous-transfers.ts";
import type { AgentOptions } from "./options.ts";
import type { Phone } from "./phone.ts";
import type { Transfers, TransfersOptions } from "./transfers/parts.ts";
import { openTransferStore } from "./transfers/transfer-store.ts";
import { type TransferView, viewTransfer } from "./transfers/transfer-view.ts";
import { createTransfers } from "./transfers/transfers.ts";

/** Transfers that the ACS asks for, and those that it does not. */
export interface FileTransfers {
  readonly transfers: Transfers;
  readonly autonomous: AutonomousTransfers;
  /** Those that the ACS asks for and the phone's own, for a person. In the order they were queued. */
  views(): readonly TransferView[];
}

export async function openFileTransfers(
  options: AgentOptions,
  { state, tree, events, changes, time }: Phone,
  hooks: Pick<TransfersOptions, "requestSession" | "reboot" | "settled" | "settingsChanged">,
): Promise<FileTransfers> {
  const { config, meter } = options;
  const enabled = config.reportAutonomousTransfers;
  const store = await openTransferStore(state);
  const { requestSession } = hooks;
  const autonomous = await openAutonomousTransfers({ state, events, enabled, meter, requestSession });
  const transfers = createTransfers({
    ...{ ...options, ...hooks, store, tree, events, time },
    recorded: () => changes.settled(),
    completed: (transfer) => autonomous.completed(transfer),
  });
  return {
    transfers,
    autonomous,
    views: () =>
      store.all.map((record) =>
        viewTransfer(record, { progress: store.progressOf(record.id), clock: options.clock, time }),
      ),
  };
}
