import { envelope, rpc } from "../../campaign/acs/envelopes.ts";
import { createMemorySettings } from "../../src/backends/settings/memory-settings.ts";
import { createSimulatedBackend } from "../../src/backends/simulated/simulated-backend.ts";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { CwmpFault, isAgentError } from "../../src/cwmp/errors.ts";
import { factorySettings } from "../../src/model/factory.ts";
import { openAttributes } from "../../src/parameters/attributes.ts";
import { createLayouts } from "../../src/parameters/layouts.ts";
import { openParameterTree } from "../../src/parameters/tree.ts";
import type { RpcContext } from "../../src/rpc/context.ts";
import { dispatch } from "../../src/rpc/dispatch.ts";
import { decodeMessage } from "../../src/soap/envelope.ts";
import { createMemoryStateStore } from "../../src/storage/memory-state-store.ts";
import { durableState } from "../../test/helpers/durable-state.ts";
import { createFakeTime } from "../../test/helpers/fake-time.ts";
import { seededRandom } from "../../test/helpers/seeded-random.ts";
import { silentLogger } from "../../test/helpers/silent-logger.ts";
import type { OpenTarget, Target } from "../target.ts";

const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";
const LAN = {
  ...{ ipAddress: "192.0.2.1", subnetMask: "", defaultGateway: "", primaryDns: "", secondaryDns: "" },
  macAddress: "",
};
const BODIES = [
  rpc.getValues(["Device.DeviceInfo.", LABEL]),
  rpc.setValues([[LABEL, "x", "string"]], "key"),
  rpc.setValues([["Device.ManagementServer.PeriodicInformInterval", "60", "unsignedInt"]], "key"),
  rpc.getNames("Device.LAN."),
  rpc.getAttributes([LABEL]),
  rpc.setAttributes(new Map([[LABEL, 2]])),
  rpc.addObject("Device.LAN.VoiceService.1.VoiceProfile.", "key"),
  rpc.deleteObject("Device.LAN.VoiceService.1.VoiceProfile.2.", "key"),
  rpc.scheduleInform(10, "key"),
  rpc.download("key", "3 Vendor Configuration File", "http://127.0.0.1/x.cfg"),
  rpc.scheduleDownload("key", "1 Firmware Upgrade Image", "http://127.0.0.1/x.rom"),
  rpc.upload("key", "1 Vendor Configuration File", "http://127.0.0.1/x"),
  rpc.informResponse,
  rpc.reboot("key"),
];
const WORDS = [
  ...["<soap:Body>", "</soap:Body>", "<soap:Header>", "</soap:Envelope>", "<cwmp:ID>", "<cwmp:Fault>", "<!DOCTYPE a>"],
  ...["<![CDATA[", "]]>", "<!--", "-->", "<?x ?>", "&lt;", "&#0;", "&#x10ffff;", "&x;", 'xmlns=""', 'xmlns:cwmp="x"'],
  ...["<string>", "</string>", "Device.", "Device.LAN.VoiceService.1.", "..", "4294967296", "-1", "\u00e9", "\0", "\t"],
  ...['xsi:type="xsd:int"', 'enc:arrayType="xsd:string[99999999]"', "<a>", "</a>", "<a/>", 'soap:mustUnderstand="1"'],
];

/** Messages of an ACS up to the phone's answer: the result must be a fault, an answer, or the end of the session. */
export const envelopes: Target = {
  name: "envelopes",
  seeds: BODIES.map((body) => Buffer.from(envelope("1", body))),
  words: WORDS,
  open: openEnvelopes,
};

async function openEnvelopes(): Promise<OpenTarget> {
  const model = loadDataModel(defaultDataModelFolder());
  const layouts = createLayouts(model, { accounts: 3, accountsFixed: false });
  const state = createMemoryStateStore();
  const time = createFakeTime();
  const backend = createSimulatedBackend({
    settings: createMemorySettings({ factory: factorySettings(model, 3) }),
    ...{
      accounts: 3,
      softwareVersion: "1",
      hardwareVersion: "1",
      lan: LAN,
      rebootMs: 5000,
      restartKeys: new Set<string>(),
    },
    ...time,
    random: seededRandom(),
  });
  const parts = { layouts, backend, state, scheduler: time.scheduler };
  const tree = await openParameterTree({ ...parts, agentValues: () => "", log: silentLogger });
  // Not those of accounts, which come and go.
  const fixed = tree.layout.refs.filter(
    ({ def, path }) => !def.writable && def.source.kind === "config" && !path.includes(".VoiceProfile."),
  );
  const read = async (): Promise<string> =>
    JSON.stringify([...(await tree.readSecrets(fixed.map(({ path }) => path)))].sort());
  const before = await read();
  const context: RpcContext = {
    parameters: tree,
    attributes: await openAttributes(durableState(state)),
    ...{ rebootAfterSession: done, factoryResetAfterSession: done, scheduleInform: done, settled: done },
    transfers: {
      download: done,
      upload: done,
      scheduleDownload: done,
      cancel: done,
      list: () => [],
      listRequested: () => [],
    },
  };
  return {
    take: (input) => takeEnvelope(input.toString("utf8"), context),
    async close() {
      const after = await read();
      await tree.close();
      if (after !== before) throw new Error("a value that nobody may set has changed");
    },
  };
}

async function done(): Promise<void> {}

async function takeEnvelope(text: string, context: RpcContext): Promise<void> {
  try {
    const message = decodeMessage(text);
    if (message === null || message.body.kind !== "request") return;
    const header = { id: message.id, version: message.version ?? "1.4" };
    await dispatch(message.body, context, header, silentLogger, () => {});
  } catch (error) {
    if (isAgentError(error)) return;
    if (!(error instanceof CwmpFault)) throw error;
    // An error of our own, in disguise: no disk can have failed here.
    if (error.faultCode === 9002) throw error.cause ?? error;
  }
}
