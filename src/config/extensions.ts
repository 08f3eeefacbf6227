import { flag, section } from "../options/option.ts";

/** One extension of the data model: `datamodel/extensions/<file>.yaml` (see `extensionFiles`). */
function extension(title: string, description: string, variable: string) {
  return flag(false, { title, description, variable: `EXTENSION_${variable}` });
}

/** Parameters of other phones and gateways that are not in Appendix A. All are off unless an ACS asks for them. */
export const extensions = section(
  "Extensions",
  "Parameters beyond the phone's own data model, for an ACS that asks for them. See docs/extensions.md.",
  {
    deviceSummary: extension("DeviceSummary", "Device.DeviceSummary, in every Inform.", "DEVICE_SUMMARY"),
    retryIntervals: extension(
      "Retry intervals",
      "CWMPRetryMinimumWaitInterval and CWMPRetryIntervalMultiplier: the ACS sets the values of the group retry.",
      "RETRY_INTERVALS",
    ),
    scheduledReboot: extension("Scheduled reboot", "ScheduleReboot and DelayReboot.", "SCHEDULED_REBOOT"),
    enableCwmp: extension(
      "EnableCWMP",
      "The switch Enable TR069 as a parameter. An ACS that turns it off can no longer reach the phone.",
      "ENABLE_CWMP",
    ),
    notificationThrottle: extension(
      "Notification throttle",
      "DefaultActiveNotificationThrottle: the minimum time between sessions that only report changed values.",
      "NOTIFICATION_THROTTLE",
    ),
    voiceServiceAlias: extension(
      "VoiceService alias",
      "Device.Services.VoiceService. beside Device.LAN.VoiceService., with the same values.",
      "VOICE_SERVICE_ALIAS",
    ),
    xmpp: extension("XMPP", "Device.XMPP. and connection requests over XMPP. See docs/xmpp.md.", "XMPP"),
  },
);

export type ExtensionName = keyof typeof extensions.shape;

export const EXTENSION_NAMES = Object.keys(extensions.shape) as readonly ExtensionName[];

/** The names of those that the settings turn on. */
export function chosenExtensions(settings: Readonly<Record<ExtensionName, boolean>>): readonly ExtensionName[] {
  return EXTENSION_NAMES.filter((name) => settings[name]);
}

/** `retryIntervals` is in `retry-intervals.yaml`. One that adds to two objects has two files. */
export function extensionFiles(name: ExtensionName): readonly string[] {
  if (name === "xmpp") return ["xmpp.yaml", "xmpp-connection-request.yaml"];
  return [`${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.yaml`];
}
