/** SOAP of the campaign's ACS, written and read apart from the product's own code: a common mistake would hide itself. */

/** One envelope from the phone. */
export interface Message {
  /** `Inform`, `SetParameterValuesResponse`, `Fault`; empty for an empty POST. */
  readonly name: string;
  /** The header's ID; empty where there is none. */
  readonly id: string;
  readonly text: string;
}

export interface InformedEvent {
  readonly code: string;
  readonly commandKey: string;
}

/** Name, value and XSD type (`string`, `unsignedInt`) of one parameter. */
export type TypedValue = readonly [name: string, value: string, type: string];

const NAMESPACES =
  'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/" ' +
  'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
  'xmlns:cwmp="urn:dslforum-org:cwmp-1-2"';

export function envelope(id: string, body: string): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope ${NAMESPACES}><soap:Header>` +
    `<cwmp:ID soap:mustUnderstand="1">${escaped(id)}</cwmp:ID></soap:Header><soap:Body>${body}</soap:Body></soap:Envelope>`
  );
}

export function readMessage(text: string): Message {
  const id = unescaped(/<(?:[\w-]+:)?ID[^>]*>([^<]*)</.exec(text)?.[1] ?? "");
  const name = /<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?(\w+)/.exec(text)?.[1] ?? "";
  return { name, id, text };
}

/** The CWMP fault code of a message, null where it is no fault. */
export function faultCodeOf({ name, text }: Message): number | null {
  if (name !== "Fault") return null;
  return Number(/<FaultCode>(\d+)</.exec(text)?.[1] ?? "0");
}

export function eventsOf({ text }: Message): readonly InformedEvent[] {
  const pattern = /<EventCode>([^<]*)<\/EventCode>\s*<CommandKey>([^<]*)<\/CommandKey>/g;
  return [...text.replaceAll("<CommandKey/>", "<CommandKey></CommandKey>").matchAll(pattern)].map((match) => ({
    code: unescaped(match[1] ?? ""),
    commandKey: unescaped(match[2] ?? ""),
  }));
}

/** Name → value of a GetParameterValuesResponse. */
export function valuesOf({ text }: Message): ReadonlyMap<string, string> {
  const pattern = /<Name>([^<]*)<\/Name>\s*<Value[^>]*?(?:\/>|>([^<]*)<\/Value>)/g;
  return new Map([...text.matchAll(pattern)].map((match) => [unescaped(match[1] ?? ""), unescaped(match[2] ?? "")]));
}

/** Name → Notification of a GetParameterAttributesResponse. */
export function notificationsOf({ text }: Message): ReadonlyMap<string, number> {
  const pattern = /<Name>([^<]*)<\/Name>\s*<Notification>(\d)</g;
  return new Map([...text.matchAll(pattern)].map((match) => [unescaped(match[1] ?? ""), Number(match[2])]));
}

/** Every name of a GetParameterNamesResponse. */
export function namesOf({ text }: Message): readonly string[] {
  return [...text.matchAll(/<Name>([^<]*)<\/Name>/g)].map((match) => unescaped(match[1] ?? ""));
}

/** The text of the first element with this local name; null where there is none. */
export function textOf({ text }: Message, element: string): string | null {
  const found = new RegExp(`<(?:[\\w-]+:)?${element}(?: [^>]*)?>([^<]*)<`).exec(text)?.[1];
  return found === undefined ? null : unescaped(found);
}

export const rpc = {
  informResponse: "<cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse>",
  transferCompleteResponse: "<cwmp:TransferCompleteResponse/>",
  autonomousTransferCompleteResponse: "<cwmp:AutonomousTransferCompleteResponse/>",
  getValues: (names: readonly string[]) =>
    `<cwmp:GetParameterValues><ParameterNames enc:arrayType="xsd:string[${names.length}]">${strings(names)}` +
    "</ParameterNames></cwmp:GetParameterValues>",
  getAttributes: (names: readonly string[]) =>
    `<cwmp:GetParameterAttributes><ParameterNames enc:arrayType="xsd:string[${names.length}]">${strings(names)}` +
    "</ParameterNames></cwmp:GetParameterAttributes>",
  getNames: (path: string) =>
    `<cwmp:GetParameterNames>${element("ParameterPath", path)}<NextLevel>true</NextLevel></cwmp:GetParameterNames>`,
  setValues: (values: readonly TypedValue[], parameterKey: string) =>
    `<cwmp:SetParameterValues><ParameterList enc:arrayType="cwmp:ParameterValueStruct[${values.length}]">` +
    values
      .map(
        ([name, value, type]) =>
          `<ParameterValueStruct>${element("Name", name)}<Value xsi:type="xsd:${type}">${escaped(value)}</Value>` +
          "</ParameterValueStruct>",
      )
      .join("") +
    `</ParameterList>${element("ParameterKey", parameterKey)}</cwmp:SetParameterValues>`,
  setAttributes: (notifications: ReadonlyMap<string, number>) =>
    "<cwmp:SetParameterAttributes>" +
    `<ParameterList enc:arrayType="cwmp:SetParameterAttributesStruct[${notifications.size}]">` +
    [...notifications]
      .map(
        ([name, notification]) =>
          `<SetParameterAttributesStruct>${element("Name", name)}<NotificationChange>true</NotificationChange>` +
          `<Notification>${notification}</Notification><AccessListChange>false</AccessListChange>` +
          '<AccessList enc:arrayType="xsd:string[0]"/></SetParameterAttributesStruct>',
      )
      .join("") +
    "</ParameterList></cwmp:SetParameterAttributes>",
  addObject: (path: string, parameterKey: string) =>
    `<cwmp:AddObject>${element("ObjectName", path)}${element("ParameterKey", parameterKey)}</cwmp:AddObject>`,
  deleteObject: (path: string, parameterKey: string) =>
    `<cwmp:DeleteObject>${element("ObjectName", path)}${element("ParameterKey", parameterKey)}</cwmp:DeleteObject>`,
  reboot: (commandKey: string) => `<cwmp:Reboot>${element("CommandKey", commandKey)}</cwmp:Reboot>`,
  factoryReset: "<cwmp:FactoryReset/>",
  scheduleInform: (delaySeconds: number, commandKey: string) =>
    `<cwmp:ScheduleInform><DelaySeconds>${delaySeconds}</DelaySeconds>${element("CommandKey", commandKey)}` +
    "</cwmp:ScheduleInform>",
  download: (commandKey: string, fileType: string, url: string, delaySeconds = 0) =>
    `<cwmp:Download>${transfer(commandKey, fileType, url)}<FileSize>0</FileSize><TargetFileName></TargetFileName>` +
    `<DelaySeconds>${delaySeconds}</DelaySeconds><SuccessURL></SuccessURL><FailureURL></FailureURL></cwmp:Download>`,
  upload: (commandKey: string, fileType: string, url: string) =>
    `<cwmp:Upload>${transfer(commandKey, fileType, url)}<DelaySeconds>0</DelaySeconds></cwmp:Upload>`,
  scheduleDownload: (commandKey: string, fileType: string, url: string) =>
    `<cwmp:ScheduleDownload>${transfer(commandKey, fileType, url)}<FileSize>0</FileSize>` +
    '<TargetFileName></TargetFileName><TimeWindowList enc:arrayType="cwmp:TimeWindowStruct[1]"><TimeWindowStruct>' +
    "<WindowStart>0</WindowStart><WindowEnd>3600</WindowEnd><WindowMode>1 At Any Time</WindowMode>" +
    "<UserMessage></UserMessage><MaxRetries>10</MaxRetries></TimeWindowStruct></TimeWindowList></cwmp:ScheduleDownload>",
} as const;

function transfer(commandKey: string, fileType: string, url: string): string {
  return (
    `${element("CommandKey", commandKey)}${element("FileType", fileType)}${element("URL", url)}` +
    "<Username></Username><Password></Password>"
  );
}

function strings(names: readonly string[]): string {
  return names.map((name) => element("string", name)).join("");
}

function element(name: string, text: string): string {
  return `<${name}>${escaped(text)}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function unescaped(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}
