import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const BACKENDS = ["config-file", "simulated", "linux", "hooks", "plug-in"] as const;
export type BackendName = (typeof BACKENDS)[number];

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));
const HOOKED_PHONE = fileURLToPath(new URL("hooked-phone.mjs", import.meta.url));

export interface PhoneSettings {
  readonly backend: BackendName;
  readonly acsUrl: string;
  /** PEM of the authority behind an https ACS. */
  readonly ca: string | null;
}

/** Writes the settings of a phone, and what its backend needs, into an empty folder. */
export async function writeSettings(folder: string, { backend, acsUrl, ca }: PhoneSettings): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (ca !== null) await writeFile(join(folder, "ca.pem"), ca);
  await writeFile(join(folder, "config.yaml"), yaml({ backend, acsUrl, ca }), { mode: 0o600 });
  // Says to the phone that the firmware was installed, by being there.
  await writeFile(join(folder, "install.sh"), '#!/bin/sh\ncp "$2" installed\n');
  await chmod(join(folder, "install.sh"), 0o755);
  if (backend === "hooks") await writeHooks(folder);
  if (backend === "plug-in") await copyFile(join(EXAMPLES, "backend/my-phone.mjs"), join(folder, "my-phone.mjs"));
}

/**
 * Hooks get a clean environment: the configuration of the layer below their file calls is in a file, see
 * `layBelowHooks`.
 */
const LAYER = "layer";

async function writeHooks(folder: string): Promise<void> {
  await mkdir(join(folder, "phone-store"));
  await writeFile(join(folder, "phone-store/settings.json"), "{}");
  const text = `#!/bin/sh\n[ ! -e ${LAYER} ] || . ./${LAYER}\nexec "${process.execPath}" "${HOOKED_PHONE}" "$1"\n`;
  await writeFile(join(folder, "phone.sh"), text);
  await chmod(join(folder, "phone.sh"), 0o755);
}

/** Puts an environment below the hooks of a phone. Without effect on the other backends. */
export async function layBelowHooks(folder: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'\n`);
  await writeFile(join(folder, LAYER), lines.join(""));
}

const HOOKS = ["read", "apply", "reboot", "factoryReset", "install", "produce"];

const BACKEND_LINES: Readonly<Record<BackendName, readonly string[]>> = {
  "config-file": ["type: config-file", "file: phone.cfg", "installCommand: [./install.sh]"],
  simulated: ["type: simulated", "file: phone.cfg", "ip: 127.0.0.1", "rebootSeconds: 0"],
  linux: [
    ...["type: linux", "file: phone.cfg", "installCommand: [./install.sh]"],
    "time: { ntpFile: ntp.conf, activateCommand: [/bin/true] }",
  ],
  hooks: [
    "type: hooks",
    "file: phone.cfg",
    "rebootWaitSeconds: 0",
    ...HOOKS.map((hook) => `${hook}: [./phone.sh, ${hook}]`),
  ],
  "plug-in": ["type: plug-in", "module: ./my-phone.mjs", "file: phone.cfg"],
};

function yaml({ backend, acsUrl, ca }: PhoneSettings): string {
  return `tr069:
  enable: true
  acs: { url: "${acsUrl}", username: phone, password: hush }
  cpe: { username: acs, password: knock }
phone: { mac: "0c:11:05:00:00:07" }
backend:
${BACKEND_LINES[backend].map((line) => `  ${line}\n`).join("")}autop: { powerOnSpreadSeconds: 0 }
stateFolder: state
listen: { address: 127.0.0.1, port: 0 }
retry: { minimumWaitInterval: 1, intervalMultiplier: 1000 }
log: { level: info, format: json }
${ca === null ? "" : "tls: { ca: ca.pem }\n"}`;
}
