import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfigurationFile } from "../../src/autop/configuration-file.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { FindingsError } from "../../src/cwmp/findings.ts";
import type { Target } from "../target.ts";

const AUTOP_FILE = `# desk 7
Config.Account1.GENERAL.Enable = 1
Config.Account1.GENERAL.Label = "front" desk\r
config.account1.sip.server=sip.example.com

; an end
Config.TR069.ManagementServer.PeriodicInformInterval = 300
`;

/** Configuration files from anywhere: read, or refused with the line, and never an exception. */
export const autop: Target = {
  name: "autop",
  seeds: [Buffer.from(AUTOP_FILE), Buffer.from(AUTOP_FILE, "utf16le")],
  words: [
    "=",
    "\n",
    "\r",
    "\r\n",
    "#",
    ";",
    "Config.",
    "Config.A.B.C",
    ".",
    "..",
    "\0",
    '"',
    " ",
    "\u00ef\u00bb\u00bf",
    "\u00ff",
  ],
  open: async () => ({
    take(input) {
      const { settings, badLines } = parseConfigurationFile(input);
      if (settings.size > input.length || badLines.length > input.length)
        throw new Error("more was read than is there");
    },
    close: async () => {},
  }),
};

const YAML_FILE = `tr069:
  enable: true
  acs: { url: "http://127.0.0.1:7557/", username: phone, password: "\${NAME}" }
  periodicInform: { enable: true, interval: 60 }
phone: { mac: "0c:11:05:00:00:07", accounts: 3 }
backend:
  type: simulated
  registrar: { refused: ["10*"] }
stateFolder: state
listen: &listen
  port: 7547
retry: { minimumWaitInterval: 5, intervalMultiplier: 2000 }
log: { level: info, format: json }
`;

/** Settings files: settings, or findings, and never another exception. */
export const yaml: Target = {
  name: "yaml",
  seeds: [Buffer.from(YAML_FILE)],
  words: [
    ...[
      "tr069:",
      "backend:",
      "type: hooks",
      "type: linux",
      "__proto__:",
      "constructor:",
      "&a",
      "*a",
      "<<: *a",
      "- ",
      "? ",
    ],
    ...[
      "{",
      "}",
      "[",
      "]",
      '"',
      "'",
      "|",
      ">",
      "#",
      "\n  ",
      "\n",
      "!!js",
      "!!binary",
      "${",
      "$${",
      "~",
      "0x10",
      "1e999",
      "\0",
    ],
  ],
  async open() {
    const folder = mkdtempSync(join(tmpdir(), "akuvox-cpe-fuzz-"));
    const file = join(folder, "config.yaml");
    return {
      take(input) {
        writeFileSync(file, input);
        try {
          loadConfig(file, {});
        } catch (error) {
          if (!(error instanceof FindingsError)) throw error;
        }
        if ("enable" in {} || "type" in {}) throw new Error("the prototype of all objects has changed");
      },
      close: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};
