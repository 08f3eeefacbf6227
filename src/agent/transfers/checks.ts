import { parseHttpUrl } from "../../cwmp/addresses.ts";
import { CwmpFault } from "../../cwmp/errors.ts";
import type { Backend } from "../../ports/backend.ts";
import type { RequestOf } from "../../soap/rpc-table.ts";
import type { TimeWindow } from "../../soap/transfer-rpcs.ts";
import type { Window } from "./record.ts";

/** Applied by the agent itself, through the parameter tree. */
export const CONFIGURATION_FILE = "3 Vendor Configuration File";
/** Written by the agent itself. */
export const LOG_FILE = "2 Vendor Log File";
export const FIRMWARE_IMAGE = "1 Firmware Upgrade Image";

const MAX_TEXT = 256;
const MAX_WINDOWS = 2;
/** Confirmation Needed is refused: this phone cannot ask its user. */
const MODES: readonly string[] = ["1 At Any Time", "2 Immediately", "3 When Idle"];

type Server = Pick<RequestOf<"Upload">, "url" | "username" | "password">;

/** C-170. */
export function checkDownload(
  args: Server & Pick<RequestOf<"ScheduleDownload">, "fileType" | "targetFileName">,
  { files }: Backend,
): void {
  checkType(args.fileType, [CONFIGURATION_FILE, ...(files?.installs ?? [])]);
  checkServer(args);
  checkLength("TargetFileName", args.targetFileName);
}

/** C-171. */
export function checkUpload(args: RequestOf<"Upload">, { files }: Backend): void {
  checkType(args.fileType, [LOG_FILE, ...(files?.produces ?? [])]);
  checkServer(args);
}

/** C-194: one or two windows, in order, not overlapping; as times from `now` on. */
export function checkWindows(windows: readonly TimeWindow[], now: number): readonly Window[] {
  if (windows.length < 1 || windows.length > MAX_WINDOWS) {
    throw new CwmpFault(9003, `TimeWindowList holds ${windows.length} windows, 1 or ${MAX_WINDOWS} are allowed`);
  }
  let earliest = 0;
  for (const { windowStart, windowEnd, windowMode, userMessage, maxRetries } of windows) {
    if (windowStart < earliest) throw new CwmpFault(9003, "the time windows overlap or are not in order");
    if (windowEnd <= windowStart) throw new CwmpFault(9003, "WindowEnd must be above WindowStart");
    if (!MODES.includes(windowMode)) throw new CwmpFault(9003, `WindowMode must be one of ${MODES.join(", ")}`);
    if (maxRetries < -1) throw new CwmpFault(9003, "MaxRetries must be -1 or above");
    checkLength("UserMessage", userMessage);
    earliest = windowEnd;
  }
  return windows.map(({ windowStart, windowEnd, maxRetries }) => ({
    startAt: now + windowStart * 1000,
    endAt: now + windowEnd * 1000,
    maxRetries,
  }));
}

function checkType(fileType: string, known: readonly string[]): void {
  if (known.includes(fileType)) return;
  throw new CwmpFault(9003, `the FileType is not supported; supported: ${known.join(", ")}`);
}

/** C-172, C-173. */
function checkServer({ url, username, password }: Server): void {
  checkLength("URL", url);
  checkLength("Username", username);
  checkLength("Password", password);
  const parsed = parseHttpUrl(url);
  if (parsed === null) {
    if (URL.canParse(url) && !/^https?:/.test(new URL(url).protocol)) {
      throw new CwmpFault(9013, "http and https are supported");
    }
    throw new CwmpFault(9003, "the URL must have a host and a port that can be connected to");
  }
  const { username: user, password: secret } = parsed;
  if (user !== "" || secret !== "") throw new CwmpFault(9003, "the URL must hold no user name and password");
}

function checkLength(name: string, text: string): void {
  const length = [...text].length;
  if (length > MAX_TEXT) throw new CwmpFault(9003, `${name} has ${length} characters, at most ${MAX_TEXT} are allowed`);
}
