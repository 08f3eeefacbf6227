import { LADDER_STYLE } from "./ladder/ladder-style.ts";
import { LIVE_SCRIPT } from "./live/live-script.ts";
import { COPY_SCRIPT } from "./sessions/copy-script.ts";
import { STATUS_STYLE } from "./status/status-style.ts";
import { STYLE } from "./style.ts";

export interface Asset {
  readonly type: string;
  readonly text: string;
}

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0b5cad"/>' +
  '<path d="M5 3h6v10H5zM7 11h2" fill="none" stroke="#fff" stroke-width="1.4"/></svg>';

/** The files of the pages by their path: nothing is read from a disk. */
export const ASSETS: Readonly<Record<string, Asset>> = {
  "/assets/style.css": { type: "text/css; charset=utf-8", text: STYLE + STATUS_STYLE + LADDER_STYLE },
  "/assets/live.js": { type: "text/javascript; charset=utf-8", text: LIVE_SCRIPT },
  "/assets/copy.js": { type: "text/javascript; charset=utf-8", text: COPY_SCRIPT },
  "/assets/icon.svg": { type: "image/svg+xml", text: ICON },
};
