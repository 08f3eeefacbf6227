import { BlockList, isIP } from "node:net";
import type { z } from "zod";
import {
  flag,
  keyPair,
  type Mismatch,
  mustFit,
  optionalPath,
  optionalText,
  section,
  text,
  wholeNumber,
} from "../options/option.ts";
import { CREDENTIAL, IP, SECRET } from "../options/text-rules.ts";

const HOST_NAME = {
  max: 253,
  allowed: "a host name in lower case, such as phone.example.com",
  matches: (name: string): boolean => /^[a-z0-9._-]+$/.test(name),
};

const HERE_ONLY = "127.0.0.1";

/** Settings > TR069 and the phone's status, in a browser. */
export const web = section("Web page", "The phone's own pages: Settings > TR069, status, sessions, parameters.", {
  enable: flag(false, {
    title: "Enable web page",
    description: "Whether the pages are served. Needs a user name and a password.",
    variable: "WEB_ENABLE",
  }),
  address: text(IP, HERE_ONLY, {
    title: "Web address",
    description:
      "Address of the pages. Any address but 127.0.0.1 needs a certificate, because the log-in is not encrypted without one.",
    variable: "WEB_ADDRESS",
  }),
  port: wholeNumber({ min: 0, max: 65_535 }, 8080, {
    title: "Web port",
    description: "TCP port; 0: any free one.",
    variable: "WEB_PORT",
  }),
  username: text(CREDENTIAL, "", {
    title: "Web user name",
    description: "User name of the log-in. There is no default.",
    variable: "WEB_USERNAME",
  }),
  password: text(SECRET, "", {
    title: "Web password",
    description: "Password of that user name.",
    variable: "WEB_PASSWORD",
  }),
  passwordFile: optionalPath({
    title: "Web password file",
    description:
      "A file that holds the password instead, such as a Docker or Kubernetes secret; a line end at its end is ignored.",
    variable: "WEB_PASSWORD_FILE",
  }),
  selfSigned: flag(false, {
    title: "Own web certificate",
    description:
      "Whether the pages are served by https with a certificate of their own, kept in the state folder. The log shows its fingerprint, to compare in the browser. Replaces web.certificate and web.key.",
    variable: "WEB_SELF_SIGNED",
  }),
  certificate: optionalPath(
    {
      title: "Web certificate",
      description:
        "The certificate (PEM) of the pages, with its chain. Needs web.key. Default: none, and the pages are served by http.",
      variable: "WEB_CERTIFICATE",
    },
    "pem",
  ),
  key: optionalPath(
    {
      title: "Web key",
      description: "The private key (PEM) of that certificate.",
      variable: "WEB_KEY",
    },
    "pem",
  ),
});

mustFit(web, (settings) => [
  ...keyPair("web", settings),
  ...(settings.enable ? [...checkLogin(settings), ...checkReach(settings)] : []),
]);

/** The page requires a log-in. */
function checkLogin(settings: z.output<typeof web>): readonly Mismatch[] {
  const missing = (["username", "password"] as const).filter((key) => settings[key] === "");
  const mismatches = missing.map((key): Mismatch => {
    const message = `the web page needs web.${key}: there is no default`;
    return { at: [key, "enable"], key: true, code: "INCOMPLETE", message };
  });
  if (!settings.username.includes(":")) return mismatches;
  const message = "web.username must not hold a colon: a browser cannot send it (RFC 7617)";
  return [...mismatches, { at: ["username"], code: "WRONG_VALUE", message }];
}

/** Log-ins are never sent in clear text. */
function checkReach({ address, certificate, selfSigned }: z.output<typeof web>): readonly Mismatch[] {
  if (selfSigned && certificate !== null) {
    const message = "web.selfSigned makes a certificate, and web.certificate names one: leave one of them out";
    return [{ at: ["selfSigned"], key: true, code: "CONFLICT", message }];
  }
  if (selfSigned || certificate !== null || isLoopback(address)) return [];
  const message =
    "beyond this machine (127.0.0.1) the web page needs web.certificate and web.key, or web.selfSigned: otherwise the log-in is not encrypted";
  return [{ at: ["address"], code: "INCOMPLETE", message }];
}

function isLoopback(address: string): boolean {
  const loopback = new BlockList();
  loopback.addSubnet("127.0.0.0", 8);
  loopback.addAddress("::1", "ipv6");
  return loopback.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** The socket that `akuvox-cpe status` and the other commands for a running agent talk to. */
export const control = section("Control", "The commands for a running agent, such as akuvox-cpe status.", {
  enable: flag(true, {
    title: "Enable control socket",
    description: "Whether the agent listens for them. Only the owner can use the socket (mode 0600).",
    variable: "CONTROL_ENABLE",
  }),
  socket: optionalPath({
    title: "Control socket",
    description: "The Unix socket. Default: control.sock in the state folder.",
    variable: "CONTROL_SOCKET",
  }),
});

/** For Prometheus. */
export const metrics = section("Metrics", "Figures for Prometheus at /metrics.", {
  enable: flag(false, {
    title: "Enable metrics",
    description: "Whether metrics are served. They hold no secret and need no log-in.",
    variable: "METRICS_ENABLE",
  }),
  address: text(IP, HERE_ONLY, {
    title: "Metrics address",
    description: "Address of the metrics.",
    variable: "METRICS_ADDRESS",
  }),
  port: wholeNumber({ min: 0, max: 65_535 }, 9464, {
    title: "Metrics port",
    description: "TCP port; 0: any free one.",
    variable: "METRICS_PORT",
  }),
  hostName: optionalText(HOST_NAME, {
    title: "Metrics host name",
    description:
      "A host name with dots that requests may use. Addresses, localhost and names without a dot are always accepted.",
    variable: "METRICS_HOST_NAME",
  }),
});

/** The URLs of the books are in the phone's own settings (`Config.RemotePhoneBook.`). */
export const phoneBooks = section("Phone books", "Phone books that the phone fetches (docs/phone-books.md).", {
  enable: flag(true, {
    title: "Fetch phone books",
    description:
      "Whether the agent fetches the phone books whose URLs are set, and reports how many entries they have. Turn it off where the firmware does this.",
    variable: "PHONE_BOOKS_ENABLE",
  }),
});
