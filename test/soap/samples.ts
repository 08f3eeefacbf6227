import type { RequestOf, ResponseOf, RpcName } from "../../src/soap/rpc-table.ts";

export const PARAMETERS = [
  { name: "Device.DeviceInfo.SoftwareVersion", value: "53.30.1.1", type: "string" },
  { name: "Device.Text", value: ' <a & "b">\r\n]]> é 😀 ', type: "string" },
  { name: "Device.Empty", value: "", type: "string" },
  { name: "Device.Int", value: "-5", type: "int" },
  { name: "Device.Count", value: "4294967295", type: "unsignedInt" },
  { name: "Device.Long", value: "-9223372036854775808", type: "long" },
  { name: "Device.Bytes", value: "18446744073709551615", type: "unsignedLong" },
  { name: "Device.Enable", value: "1", type: "boolean" },
  { name: "Device.Time", value: "2024-02-29T12:00:00Z", type: "dateTime" },
  { name: "Device.Certificate", value: "AAEC", type: "base64" },
  { name: "Device.Hex", value: "00FF", type: "hexBinary" },
] as const;

const NAMES = ["Device.", "Device.LAN.IPAddress"];

const TIMES = { startTime: "2024-03-01T09:30:00Z", completeTime: "0001-01-01T00:00:00Z" } as const;
const STARTED = { status: 1, ...TIMES } as const;
const TRANSFER = {
  commandKey: "key & <1>",
  fileType: "1 Vendor Configuration File",
  url: "https://files.example/a?b=1&c=2",
  username: "u<",
  password: "p&",
} as const;

/** One valid request and response of every RPC, rich in what can go wrong. */
export const SAMPLES: {
  readonly [N in RpcName]: { readonly request: RequestOf<N>; readonly response: ResponseOf<N> };
} = {
  Inform: {
    request: {
      deviceId: { manufacturer: "Akuvox", oui: "0C1105", productClass: "SP-R53P", serialNumber: "0C1105000001" },
      event: [
        { eventCode: "0 BOOTSTRAP", commandKey: "" },
        { eventCode: "M Reboot", commandKey: "key & <1>" },
      ],
      maxEnvelopes: 1,
      currentTime: "2024-03-01T09:30:00+01:00",
      retryCount: 4294967295,
      parameterList: PARAMETERS,
    },
    response: { maxEnvelopes: 1 },
  },
  GetRPCMethods: { request: {}, response: { methodList: ["GetRPCMethods", "Reboot"] } },
  SetParameterValues: { request: { parameterList: PARAMETERS, parameterKey: "k\ré" }, response: { status: 1 } },
  GetParameterValues: { request: { parameterNames: NAMES }, response: { parameterList: PARAMETERS } },
  GetParameterNames: {
    request: { parameterPath: "", nextLevel: true },
    response: {
      parameterList: [
        { name: "Device.", writable: false },
        { name: "Device.LAN.IPAddress", writable: true },
      ],
    },
  },
  SetParameterAttributes: {
    request: {
      parameterList: [
        { name: "Device.A", notificationChange: true, notification: 2, accessListChange: false, accessList: [] },
        { name: "", notificationChange: false, notification: 0, accessListChange: true, accessList: ["Subscriber"] },
      ],
    },
    response: {},
  },
  GetParameterAttributes: {
    request: { parameterNames: NAMES },
    response: { parameterList: [{ name: "Device.A", notification: 2, accessList: ["Subscriber"] }] },
  },
  AddObject: {
    request: { objectName: "Device.Table.", parameterKey: "" },
    response: { instanceNumber: 4294967295, status: 0 },
  },
  DeleteObject: { request: { objectName: "Device.Table.1.", parameterKey: "k" }, response: { status: 0 } },
  Reboot: { request: { commandKey: "key" }, response: {} },
  FactoryReset: { request: {}, response: {} },
  Download: {
    request: {
      ...TRANSFER,
      fileType: "3 Vendor Configuration File",
      fileSize: 4294967295,
      targetFileName: "../x",
      delaySeconds: 60,
      successUrl: "",
      failureUrl: "http://x/<&>",
    },
    response: STARTED,
  },
  Upload: { request: { ...TRANSFER, delaySeconds: 0 }, response: STARTED },
  ScheduleDownload: {
    request: {
      ...TRANSFER,
      fileSize: 0,
      targetFileName: "",
      timeWindowList: [
        { windowStart: 0, windowEnd: 60, windowMode: "2 Immediately", userMessage: "", maxRetries: -1 },
        { windowStart: 60, windowEnd: 4294967295, windowMode: "1 At Any Time", userMessage: "é", maxRetries: 2 },
      ],
    },
    response: {},
  },
  CancelTransfer: { request: { commandKey: "k" }, response: {} },
  GetQueuedTransfers: { request: {}, response: { transferList: [{ commandKey: "k", state: 2 }] } },
  GetAllQueuedTransfers: {
    request: {},
    response: {
      transferList: [
        {
          commandKey: "k",
          state: 3,
          isDownload: false,
          fileType: "4 Vendor Log File",
          fileSize: 0,
          targetFileName: "",
        },
      ],
    },
  },
  TransferComplete: {
    request: { commandKey: "key & <1>", faultStruct: { faultCode: 9010, faultString: "é" }, ...TIMES },
    response: {},
  },
  AutonomousTransferComplete: {
    request: {
      announceUrl: "",
      transferUrl: "http://files.example/x",
      isDownload: true,
      fileType: "3 Vendor Configuration File",
      fileSize: 1,
      targetFileName: "",
      faultStruct: { faultCode: 0, faultString: "" },
      ...TIMES,
    },
    response: {},
  },
  RequestDownload: {
    request: { fileType: "1 Firmware Upgrade Image", fileTypeArg: [{ name: "Version", value: "1" }] },
    response: {},
  },
  ScheduleInform: { request: { delaySeconds: 4294967295, commandKey: "key" }, response: {} },
};

const NAMESPACES = [
  'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"',
  'xmlns:e="http://schemas.xmlsoap.org/soap/encoding/"',
  'xmlns:xsd="http://www.w3.org/2001/XMLSchema"',
  'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
  'xmlns:c="urn:dslforum-org:cwmp-1-0"',
].join(" ");

/** An envelope as another vendor would write it. */
export function envelopeOf(body: string, header = ""): string {
  return `<s:Envelope ${NAMESPACES}><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
}
