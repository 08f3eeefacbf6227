import { html } from "hono/html";
import type { TransferView } from "../../agent/transfers/transfer-view.ts";
import { sizeText } from "../../ladder/rung.ts";
import type { Clock } from "../../ports/clock.ts";
import { plainText } from "../ladder/lines.ts";
import { countdownTo, momentOf } from "../moments.ts";
import type { Html } from "../page.ts";
import { stackedTable } from "../stacked-table.ts";

const STEPS: Readonly<Record<TransferView["step"], string>> = {
  waiting: "not yet started",
  transferring: "in progress",
  installing: "installing",
  rebooting: "in force after a reboot",
  reporting: "finished, to be reported",
};

/** The transfers that the ACS requested, with their progress. */
export function transfersView(transfers: readonly TransferView[], clock: Clock): Html {
  if (transfers.length === 0)
    return html`<p>No transfers. A completed transfer stays here until it is reported to the ACS.</p>`;
  const rows = transfers.map((transfer) => {
    const { isDownload, fileType, server, commandKey } = transfer;
    const direction = isDownload ? "Download" : "Upload";
    return [direction, plainText(fileType), stateOf(transfer, clock), plainText(server), plainText(commandKey)];
  });
  return stackedTable(["Direction", "File type", "State", "Server", "CommandKey"], rows);
}

function stateOf(transfer: TransferView, clock: Clock): Html {
  const { step, state, tries, dueAt, failure } = transfer;
  const when =
    dueAt === null
      ? ""
      : html`, ${tries > 0 ? `attempt ${tries + 1} ` : ""}${countdownTo(dueAt, clock)} <span class="quiet">${momentOf(dueAt, clock)}</span>`;
  const fault = failure === null ? "" : html`<p class="fault">${failure.code} ${plainText(failure.text)}</p>`;
  const mark = state !== 3 ? "" : failure === null ? "complete" : "failed";
  const sign = { complete: "✓ ", failed: "✗ ", "": "" }[mark];
  return html`<span class="mark ${mark}">${sign}${STEPS[step]}</span>${when}${progressOf(transfer)}${fault}`;
}

/** What has arrived, as a bar and in words; without a size there is no bar. */
function progressOf({ receivedBytes, totalBytes, isDownload }: TransferView): Html | "" {
  if (receivedBytes === null)
    return totalBytes === null ? "" : html` <span class="quiet">${sizeText(totalBytes)}</span>`;
  if (totalBytes === null) return html`<p class="progress">${sizeText(receivedBytes)}</p>`;
  const percent = totalBytes === 0 ? 100 : Math.min(100, Math.floor((100 * receivedBytes) / totalBytes));
  return html`<p class="progress"><progress max="100" value="${percent}" aria-label="${isDownload ? "Download" : "Upload"}"></progress>
${percent} % · ${sizeText(receivedBytes)} of ${sizeText(totalBytes)}</p>`;
}

/** A transfer's state in a word. */
export function stepWords({ step }: TransferView): string {
  return STEPS[step];
}
