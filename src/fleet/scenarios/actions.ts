import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ScenarioSettings } from "../../config/fleet/scenario-options.ts";
import { parseTemplate } from "../../config/fleet/template.ts";
import { settingTexts } from "../../config/user-script-settings.ts";
import { AgentError } from "../../cwmp/errors.ts";
import type { Layout } from "../../parameters/layout.ts";
import type { BackendKey } from "../../ports/backend.ts";
import type { FleetPhone } from "../fleet-phone.ts";

/** An action of a scenario on one phone. Rejects while the phone restarts. */
export type Action = (phone: FleetPhone, round: number) => Promise<void>;

export interface ActionPorts {
  /** For what is done again after a while, such as a line that comes back. */
  readonly after: (delayMs: number, run: () => void) => void;
  /** Firmware images are made in it. */
  readonly folder: string;
  /** Of a group. */
  readonly layoutOf: (group: string) => Layout | null;
}

const LINE_ENABLE = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.Enable";
const FIRMWARE = "1 Firmware Upgrade Image";
const VERSION = "99.0.0.1";

/** Null for an outage of the ACS: that is of no phone. */
export function actionOf(scenario: ScenarioSettings, ports: ActionPorts): Action | null {
  const forMs = scenario.forSeconds * 1000;
  switch (scenario.kind) {
    case "acsOutage":
      return null;
    case "rebootStorm":
      return ({ phone }) => phone.agent.local.reboot();
    case "powerCut":
      return async ({ phone }) => phone.environment.cutPower(forMs);
    case "linesFlap":
      return async ({ phone: { agent } }) => {
        const enable = (value: string) => agent.local.setValues(new Map([[LINE_ENABLE, value]]));
        await enable("Disabled");
        // The phone may be restarting then: the next time will do.
        ports.after(forMs, () => void enable("Enabled").catch(() => {}));
      };
    case "firmwareCampaign":
      return firmwareAction(scenario.version ?? VERSION, ports.folder);
    case "valueChanges":
    case "rollOut":
      return async (one, round) => {
        await one.phone.agent.local.applySettings(
          settingsOf(scenario, one, round, ports.layoutOf(one.planned.group.name)),
        );
      };
  }
}

/** Throws AgentError CONFIG where these phones have no such setting, or do not take the value. */
export function settingsOf(
  { set }: Pick<ScenarioSettings, "set">,
  { planned }: Pick<FleetPhone, "planned">,
  round: number,
  layout: Layout | null,
): ReadonlyMap<BackendKey, string> {
  const { index, group, identity } = planned;
  const values = { i: index + round - 1, group: group.name, mac: identity.mac.replaceAll(":", "").toUpperCase() };
  const settings = new Map<BackendKey, string>();
  if (layout === null) throw new RangeError(`there is no group ${group.name}`);
  for (const [name, template] of Object.entries(set)) {
    const texts = settingTexts(name, parseTemplate(template)?.fill(values) ?? "", layout);
    if (typeof texts === "string") throw new AgentError("CONFIG", `scenarios: ${name} of ${group.name} ${texts}`);
    for (const [key, text] of texts) settings.set(key, text);
  }
  return settings;
}

/** Installed locally, not by the ACS: the next Inform reports the new version. */
function firmwareAction(version: string, folder: string): Action {
  const images = new Map<string, Promise<string>>();
  return async ({ phone, planned }) => {
    const { model } = planned.group.config.phone;
    const image = images.get(model) ?? writeImage(folder, model, version);
    images.set(model, image);
    await phone.backend.files?.install(FIRMWARE, await image);
    await phone.agent.local.reboot();
  };
}

async function writeImage(folder: string, model: string, version: string): Promise<string> {
  const sha256 = createHash("sha256").digest("hex");
  const file = join(folder, `${createHash("sha256").update(model).digest("hex").slice(0, 16)}.rom`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify({ format: "akuvox-cpe-rom-1", model, version, sha256 })}\n`, { mode: 0o600 });
  return file;
}
