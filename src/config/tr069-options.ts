import { flag, mustFit, optionalPath, section, text, wholeNumber } from "../options/option.ts";
import { ACS_URL, CPE_URL, CREDENTIAL, SECRET } from "../options/text-rules.ts";

const PASSWORD_FILE =
  "A file that holds the password instead, such as a Docker or Kubernetes secret; a line end at its end is ignored.";

const acs = section("ACS", "The ACS, and how the phone logs in to it.", {
  url: text(ACS_URL, "", {
    title: "ACS URL",
    description: "Where the phone sends its TR-069 messages. Ask the operator of the ACS.",
    variable: "ACS_URL",
    phoneKey: "Config.TR069.ManagementServer.URL",
  }),
  username: text(CREDENTIAL, "", {
    title: "ACS Username",
    description: "The phone's user name at the ACS (HTTP Basic or Digest).",
    variable: "ACS_USERNAME",
    phoneKey: "Config.TR069.ManagementServer.Username",
  }),
  password: text(SECRET, "", {
    title: "ACS Password",
    description: "Password of that user name.",
    variable: "ACS_PASSWORD",
    phoneKey: "Config.TR069.ManagementServer.Password",
  }),
  passwordFile: optionalPath({
    title: "ACS Password file",
    description: PASSWORD_FILE,
    variable: "ACS_PASSWORD_FILE",
  }),
});

const periodicInform = section("Periodic Inform", "Regular contact with the ACS.", {
  enable: flag(false, {
    title: "Enable Periodic Inform",
    description: "Whether the phone contacts the ACS regularly.",
    variable: "PERIODIC_INFORM_ENABLE",
    phoneKey: "Config.TR069.ManagementServer.PeriodicInformEnable",
  }),
  interval: wholeNumber({ min: 1, max: 4_294_967_295 }, 1800, {
    title: "Periodic Inform Interval",
    description: "How often.",
    unit: "seconds",
    variable: "PERIODIC_INFORM_INTERVAL",
    phoneKey: "Config.TR069.ManagementServer.PeriodicInformInterval",
  }),
});

const cpe = section("CPE", "Connection requests: the phone's URL, and the login that the ACS needs.", {
  url: text(CPE_URL, "default", {
    title: "CPE URL",
    description:
      "default: the phone makes it from its address and the listen port. Another URL is reported to the ACS unchanged, and the phone accepts requests at its path too.",
    variable: "CPE_URL",
    phoneKey: "Config.TR069.ManagementServer.ConnectionRequestURL",
  }),
  username: text(CREDENTIAL, "", {
    title: "CPE User name",
    description:
      "The ACS's user name at the phone. While it or the password is empty every connection request is refused.",
    variable: "CPE_USERNAME",
    phoneKey: "Config.TR069.ManagementServer.ConnectionRequestUsername",
  }),
  password: text(SECRET, "", {
    title: "CPE Password",
    description: "Password of that user name.",
    variable: "CPE_PASSWORD",
    phoneKey: "Config.TR069.ManagementServer.ConnectionRequestPassword",
  }),
  passwordFile: optionalPath({
    title: "CPE Password file",
    description: PASSWORD_FILE,
    variable: "CPE_PASSWORD_FILE",
  }),
});

/** The phone's page Settings > TR069, in its order. */
export const tr069 = section("TR069", "The phone's web page Settings > TR069.", {
  enable: flag(false, {
    title: "Enable TR069",
    description: "Whether an ACS manages the phone.",
    variable: "TR069_ENABLE",
    phoneKey: "Config.TR069.General.Enable",
  }),
  acs: acs.prefault({}),
  periodicInform: periodicInform.prefault({}),
  cpe: cpe.prefault({}),
});
// The phone's own file may name an ACS, and an AutoP file may come.
mustFit(tr069, ({ enable, acs: { url } }) => {
  if (!enable || url !== "") return [];
  const message =
    "TR-069 is on, but tr069.acs.url names no ACS: unless the phone's own file or an AutoP file does, no session is opened";
  return [{ at: ["enable"], key: true, code: "NO_ACS", message, warning: true }];
});

/** Where a password may come from its value or from a file, but not from both. */
export const PASSWORD_GROUPS: readonly (readonly string[])[] = [["tr069", "acs"], ["tr069", "cpe"], ["web"]];
