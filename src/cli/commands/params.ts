import { type Command, InvalidArgumentError, Option } from "commander";
import { configFile, configOption } from "../config-option.ts";
import { type CliIo, UsageError } from "../io.ts";
import type { Phone } from "../params/phone.ts";

interface ParamsOptions {
  readonly names?: boolean;
  readonly values?: boolean;
  readonly json?: boolean;
  readonly format?: "xml" | "csv";
  readonly config?: string;
  readonly accounts?: number;
  readonly extension?: readonly string[];
  readonly clone?: string;
}

const EXAMPLES = `
PATH is a parameter, or an object with its dot at the end, as in TR-069. Without it: everything.

Examples:
  akuvox-cpe params Device.ManagementServer.             the parameters of an object
  akuvox-cpe params Device.ManagementServer.URL          all about one parameter
  akuvox-cpe params --names --accounts 6 | wc -l         the size of the tree of a phone with 6 accounts
  akuvox-cpe params --values --config config.yaml        the values of a phone (passwords read as empty)
  akuvox-cpe params --json Device.LAN. | jq .[].path     for scripts
  akuvox-cpe params --extension scheduledReboot Device.ManagementServer.
                                                         what an extension adds (docs/extensions.md)
  akuvox-cpe params --clone device.json                  the parameters of a clone of this device
  akuvox-cpe params --format xml > akuvox-phone.xml      for an ACS or a tool (docs/data-model-export.md)
`;

const MAX_ACCOUNTS = 16;

export function registerParams(program: Command, io: CliIo): void {
  program
    .command("params")
    .description("print the phone's parameters: what they are, who may write them, what they hold")
    .argument("[path]", "parameter, or object with its dot at the end (default: everything)")
    .addOption(
      new Option("--names", "objects and parameters, a tab, Writable 1 or 0").conflicts(["values", "json", "format"]),
    )
    .addOption(
      new Option("--values", "parameters, a tab, their value as files and state folder have it").conflicts([
        "names",
        "json",
        "format",
      ]),
    )
    .addOption(
      new Option("--json", "everything about each parameter, as JSON").conflicts(["names", "values", "format"]),
    )
    .addOption(
      new Option(
        "--format <format>",
        "for other tools: xml, the whole tree as a Broadband Forum data model; csv, a device of the GenieACS simulator",
      ).choices(["xml", "csv"]),
    )
    .addOption(configOption())
    .addOption(
      new Option(
        "--accounts <n>",
        `accounts of the phone, 1 to ${MAX_ACCOUNTS} (default: as in the settings, 3)`,
      ).argParser(parseAccounts),
    )
    .addOption(
      new Option(
        "--extension <name>",
        "with this extension of the data model; may be repeated (default: as in the settings, none)",
      ).argParser((name: string, before: readonly string[] | undefined) => [...(before ?? []), name]),
    )
    .addOption(
      new Option(
        "--clone <file>",
        "check a dump of a device (docs/clone.md): its findings; with --names, --values or --json, its tree",
      ).conflicts(["config", "accounts", "extension"]),
    )
    .addHelpText("after", EXAMPLES)
    .action(async (path: string | undefined, options: ParamsOptions) => {
      io.stdout(await print(path, options, io));
    });
}

async function print(path: string | undefined, options: ParamsOptions, io: CliIo): Promise<string> {
  const { clone, names, values, json, format } = options;
  if (clone !== undefined && path === undefined && !names && !values && !json && format === undefined) {
    const { openClone } = await import("../../config/open-phone-model.ts");
    const { format: kind, report } = await openClone(clone);
    return (await import("../params/clone-report.ts")).cloneReport(clone, kind, report);
  }
  const phone = await openedPhone(options, io);
  const { checkedPath } = await import("../params/path.ts");
  const known = checkedPath(phone.layout, path ?? "");
  if (options.format === "xml") return wholeTree(known, phone);
  if (options.format === "csv") return (await import("../params/simulator-csv.ts")).simulatorCsv(phone, known);
  if (options.names) return (await import("../params/lists.ts")).namesList(phone.layout, known);
  if (options.values) return (await import("../params/lists.ts")).valuesList(phone, known);
  if (options.json) return (await import("../params/lists.ts")).jsonList(phone.layout, known);
  return (await import("../params/overview.ts")).overview(phone, known);
}

async function openedPhone({ clone, accounts, extension, config }: ParamsOptions, io: CliIo): Promise<Phone> {
  const { openPhone, openClonedPhone } = await import("../params/phone.ts");
  if (clone !== undefined) return openClonedPhone(clone);
  const { checkedExtensions } = await import("../params/extensions.ts");
  return openPhone(configFile(io, config), io.env, {
    ...(accounts === undefined ? {} : { accounts }),
    extensions: checkedExtensions(extension ?? []),
  });
}

async function wholeTree(path: string, phone: Phone): Promise<string> {
  if (path !== "" && path !== phone.layout.model.root.template)
    throw new UsageError("--format xml describes the whole tree: leave the path out");
  const { dataModelXml } = await import("../params/data-model-xml.ts");
  return dataModelXml({ ...phone, model: phone.layout.model });
}

function parseAccounts(text: string): number {
  const accounts = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (accounts < 1 || accounts > MAX_ACCOUNTS) throw new InvalidArgumentError(`It must be 1 to ${MAX_ACCOUNTS}.`);
  return accounts;
}
