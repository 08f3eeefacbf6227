import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { CwmpFault } from "../../cwmp/errors.ts";

/** The first line of a firmware image of the simulated phone (docs/firmware-image.md). */
export interface FirmwareManifest {
  readonly model: string;
  readonly version: string;
  /** A firmware made to fail: while it is installed, or when the phone starts with it. Null: a good one. */
  readonly fails: "install" | "boot" | null;
}

const FORMAT = "akuvox-cpe-rom-1";
const MAX_MANIFEST_BYTES = 1024;

/** Reads and checks an image for that model. Throws CwmpFault 9018 with the reason; the error of the file system otherwise. */
export async function checkFirmwareImage(path: string, model: string): Promise<FirmwareManifest> {
  const file = await open(path, "r");
  try {
    const head = Buffer.alloc(MAX_MANIFEST_BYTES);
    const { bytesRead } = await file.read(head, 0, MAX_MANIFEST_BYTES, 0);
    const end = head.subarray(0, bytesRead).indexOf(0x0a);
    if (end < 0) throw unusable("it does not begin with a manifest line");
    const manifest = readManifest(head.toString("utf8", 0, end));
    if (manifest.model !== model) throw unusable(`it is for the model ${manifest.model}, this phone is a ${model}`);
    const hash = createHash("sha256");
    for await (const chunk of file.createReadStream({ start: end + 1, autoClose: false })) hash.update(chunk);
    if (hash.digest("hex") !== manifest.sha256) throw unusable("the checksum of its payload is wrong");
    return { model: manifest.model, version: manifest.version, fails: manifest.fails };
  } finally {
    await file.close();
  }
}

function readManifest(line: string): FirmwareManifest & { readonly sha256: string } {
  const { format, model, version, sha256, fails = null } = parseObject(line);
  if (format !== FORMAT) throw unusable(`its manifest does not say "format": "${FORMAT}"`);
  if (!isName(model)) throw unusable("its manifest has no model");
  if (!isName(version)) throw unusable("its manifest has no version");
  if (typeof sha256 !== "string") throw unusable("its manifest has no sha256");
  if (fails !== null && fails !== "install" && fails !== "boot") {
    throw unusable('its manifest has a "fails" other than "install" or "boot"');
  }
  return { model, version, fails, sha256: sha256.toLowerCase() };
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Reported below.
  }
  throw unusable("its first line is not a manifest");
}

/** Fits SoftwareVersion: 1 to 64 printable ASCII characters. */
function isName(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]{1,64}$/.test(value);
}

function unusable(reason: string): CwmpFault {
  return new CwmpFault(9018, reason);
}
