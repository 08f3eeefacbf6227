import type { z } from "zod";
import { backend, DEFAULT_BACKEND } from "../backends/registry.ts";
import { CWMP_VERSIONS } from "../cwmp/versions.ts";
import {
  choice,
  flag,
  keyPair,
  mustFit,
  optionalHosts,
  optionalNumber,
  optionalPath,
  optionalText,
  path,
  section,
  wholeNumber,
} from "../options/option.ts";
import { IP } from "../options/text-rules.ts";
import { INTEGRITY_PADDINGS } from "../system/stun/integrity.ts";
import { autop } from "./autop-options.ts";
import { cloneValues } from "./clone-values/options.ts";
import { extensions } from "./extensions.ts";
import { control, metrics, phoneBooks, web } from "./interface-options.ts";
import { phone } from "./phone-options.ts";
import { tr069 } from "./tr069-options.ts";

const listen = section("Listen", "Where connection requests of the ACS arrive.", {
  address: optionalText(IP, {
    title: "Listen address",
    description: "Default: every address of this machine.",
    variable: "LISTEN_ADDRESS",
  }),
  port: wholeNumber({ min: 0, max: 65_535 }, 7547, {
    title: "Listen port",
    description: "TCP port; 0: any free one.",
    variable: "LISTEN_PORT",
  }),
  udpPort: optionalNumber(
    { min: 0, max: 65_535 },
    {
      title: "UDP port",
      description:
        "UDP port of connection requests, open whenever TR-069 is on; 0: any free one. Default: the number of the listen port, open only while STUN is on.",
      variable: "LISTEN_UDP_PORT",
    },
  ),
  requestsPerMinute: wholeNumber({ min: 1, max: 60_000 }, 30, {
    title: "Connection requests a minute",
    description: "Maximum number accepted in any minute, by HTTP, UDP and XMPP; more are refused (TR-069 3.2.2).",
    variable: "LISTEN_REQUESTS_PER_MINUTE",
  }),
  requestsPerSecond: wholeNumber({ min: 1, max: 60_000 }, 200, {
    title: "Connection requests a second",
    description:
      "Maximum number that the TCP port accepts in any second, for all phones that share it; more are refused.",
    variable: "LISTEN_REQUESTS_PER_SECOND",
  }),
});

const stun = section(
  "STUN",
  "Connection requests through a NAT (TR-069 Annex G). The ACS turns STUN on and sets its server.",
  {
    messageIntegrityPadding: choice(INTEGRITY_PADDINGS, "rfc3489", {
      title: "MESSAGE-INTEGRITY padding",
      description:
        "How requests are signed if the server asks for it: padded to 64 bytes (rfc3489) or not padded (rfc5389).",
    }),
  },
);

const tls = section("TLS", "TLS to the ACS. The ACS's certificate is always verified; this cannot be turned off.", {
  ca: optionalPath(
    {
      title: "CA",
      description: "Certificates (PEM) of the authorities that are trusted for the ACS. Default: the well-known ones.",
      variable: "TLS_CA",
    },
    "pem",
  ),
  certificate: optionalPath(
    {
      title: "Client certificate",
      description: "The phone's own certificate (PEM), with its chain. Needs tls.key. Default: none.",
      variable: "TLS_CERTIFICATE",
    },
    "pem",
  ),
  key: optionalPath(
    {
      title: "Client key",
      description: "The private key (PEM) of that certificate.",
      variable: "TLS_KEY",
    },
    "pem",
  ),
  minVersion: choice(["TLSv1.2", "TLSv1.3"], "TLSv1.2", {
    title: "Minimum TLS version",
    description: "Minimum version of TLS.",
  }),
  refuseInsecure: flag(false, {
    title: "Refuse insecure connections",
    description:
      "Whether a password by Basic without TLS and a redirect from https to http are refused, at the ACS and at file servers. Off: a warning is logged.",
    variable: "TLS_REFUSE_INSECURE",
  }),
});

mustFit(tls, (settings) => keyPair("tls", settings));

const session = section(
  "Session",
  "Limits of a session with the ACS. A session that exceeds one fails and is retried.",
  {
    connectTimeoutSeconds: wholeNumber({ min: 1, max: 600 }, 30, {
      title: "Connect time",
      description: "Maximum time for the connection to the ACS: DNS, TCP and TLS.",
      unit: "seconds",
    }),
    answerTimeoutSeconds: wholeNumber({ min: 30, max: 3600 }, 60, {
      title: "Answer time",
      description:
        "Maximum time until an answer of the ACS begins, and again for the rest of it (TR-069 requires 30 or more).",
      unit: "seconds",
    }),
    maxAnswerBytes: wholeNumber({ min: 65_536, max: 268_435_456 }, 524_288, {
      title: "Answer size",
      description:
        "Maximum size of an answer of the ACS. The default is several times the size of all parameters of a phone with their longest values.",
      unit: "bytes",
    }),
    maxRpcs: wholeNumber({ min: 1, max: 1_000_000 }, 5_000, {
      title: "RPCs",
      description: "Maximum number of RPCs of the ACS that are served in one session.",
    }),
    maxMinutes: wholeNumber({ min: 1, max: 1_440 }, 60, {
      title: "Session time",
      description: "Maximum time of a session.",
      unit: "minutes",
    }),
    cwmpVersion: choice(CWMP_VERSIONS, "1.4", {
      title: "CWMP version",
      description:
        "Newest version of CWMP that is offered. If the ACS does not accept it, older ones are offered automatically.",
      variable: "CWMP_VERSION",
    }),
    askRpcMethods: flag(false, {
      title: "Ask for the ACS's RPCs",
      description:
        "Whether the phone asks an ACS once which RPCs it serves, and leaves out those that it does not serve.",
    }),
  },
);

const retry = section(
  "Retry",
  "How long the phone waits after a failed session (TR-069 3.2.1.1): a random time that grows with each failure.",
  {
    minimumWaitInterval: wholeNumber({ min: 1, max: 65_535 }, 5, {
      title: "CWMPRetryMinimumWaitInterval",
      description: "Minimum wait before the first retry.",
      unit: "seconds",
      phoneKey: "Config.TR069.ManagementServer.CWMPRetryMinimumWaitInterval",
      withExtension: "retryIntervals",
    }),
    intervalMultiplier: wholeNumber({ min: 1000, max: 65_535 }, 2000, {
      title: "CWMPRetryIntervalMultiplier",
      description: "Factor of the wait for each failure, in thousandths; 2000 doubles it.",
      unit: "thousandths",
      phoneKey: "Config.TR069.ManagementServer.CWMPRetryIntervalMultiplier",
      withExtension: "retryIntervals",
    }),
  },
);

const transfers = section(
  "Transfers",
  "Files that the phone fetches and sends: for the ACS, for AutoP, and phone books.",
  {
    maxFileBytes: wholeNumber({ min: 65_536, max: 4_294_967_295 }, 268_435_456, {
      title: "File size",
      description: "Maximum size of a file that is downloaded.",
      unit: "bytes",
    }),
    allowedHosts: optionalHosts({
      title: "Allowed hosts",
      description:
        "Hosts that files may be fetched from and sent to, whoever requests it and also after a redirect; others are denied (9001). Default: every host.",
    }),
  },
);

const log = section("Log", "The log, on stderr.", {
  level: choice(["debug", "info", "warn", "error", "silent"], "info", {
    title: "Log level",
    description: "The lowest level that is logged.",
    variable: "LOG_LEVEL",
  }),
  format: choice(["auto", "json", "pretty"], "auto", {
    title: "Log format",
    description: "auto: readable lines on a terminal, JSON elsewhere.",
    variable: "LOG_FORMAT",
  }),
});

/** The option table: every setting with its type, range, default, words, environment variable and phone key. */
export const OPTIONS = section("akuvox-cpe", "Settings of akuvox-cpe.", {
  tr069: tr069.prefault({}),
  phone: phone.prefault({}),
  backend: backend.prefault({ type: DEFAULT_BACKEND }),
  stateFolder: path("state", {
    title: "State folder",
    description: "Folder of the agent's persistent state. It is created if it is missing.",
    variable: "STATE_FOLDER",
  }),
  strictModes: flag(true, {
    title: "Strict modes",
    description:
      "Whether the agent, as root, refuses to start if other users may change its settings, its state or the files that these name. false: it only logs a warning.",
    variable: "STRICT_MODES",
  }),
  listen: listen.prefault({}),
  stun: stun.prefault({}),
  tls: tls.prefault({}),
  session: session.prefault({}),
  retry: retry.prefault({}),
  transfers: transfers.prefault({}),
  autop: autop.prefault({}),
  phoneBooks: phoneBooks.prefault({}),
  web: web.prefault({}),
  control: control.prefault({}),
  metrics: metrics.prefault({}),
  log: log.prefault({}),
  dataModel: optionalPath(
    {
      title: "Data model",
      description: "A folder with a data model of your own. Default: the one that comes with akuvox-cpe.",
      variable: "DATA_MODEL",
    },
    "folder",
  ),
  clone: optionalPath(
    {
      title: "Clone",
      description:
        "A dump of a device (docs/clone.md): the phone is a clone of it, with its data model. For simulated phones in memory. Default: none.",
      variable: "CLONE",
    },
    "file",
  ),
  cloneValues: cloneValues(),
  extensions: extensions.prefault({}),
});

export type Settings = z.output<typeof OPTIONS>;
export const VARIABLE_PREFIX = "AKUVOX_CPE_";
