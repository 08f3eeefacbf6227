import { type CwmpVersion, isAtLeast } from "../cwmp/versions.ts";
import {
  boolean,
  type Codec,
  dateTime,
  field,
  int,
  list,
  memberOrNone,
  optional,
  parameterValue,
  status,
  struct,
  text,
  token,
  unneeded,
  unsignedInt,
} from "./codecs.ts";
import type { XmlElement } from "./messages.ts";
import { ArgumentError, type Place } from "./place.ts";
import { type DecodedBy, NONE, type Rpc, rpc } from "./rpc.ts";
import { TRANSFER_RPCS } from "./transfer-rpcs.ts";

const strings = list("string", "xsd:string", token);
const parameterValues = list("ParameterValueStruct", "cwmp:ParameterValueStruct", parameterValue);

const deviceId = struct({
  manufacturer: field("Manufacturer", text),
  oui: field("OUI", text),
  productClass: field("ProductClass", text),
  serialNumber: field("SerialNumber", text),
});
export type DeviceId = DecodedBy<typeof deviceId>;

const event = struct({
  eventCode: field("EventCode", text),
  commandKey: field("CommandKey", text),
});
export type InformEvent = DecodedBy<typeof event>;

const parameterInfo = struct({
  name: field("Name", text),
  writable: field("Writable", boolean),
});

const attributesToSet = struct({
  name: field("Name", token),
  notificationChange: optional("NotificationChange", boolean, false),
  notification: optional("Notification", int, 0),
  accessListChange: optional("AccessListChange", boolean, false),
  accessList: optional("AccessList", strings, []),
});
export type SetParameterAttributes = DecodedBy<typeof attributesToSet>;

/** What is left out changes nothing. A change to what is left out, or a value with no word on whether it counts, is a mistake. */
const setParameterAttributes: Codec<SetParameterAttributes> = {
  encode: attributesToSet.encode,
  decode(element, at) {
    const decoded = attributesToSet.decode(element, at);
    if (decoded.notificationChange) demand(element, "Notification", at);
    if (decoded.accessListChange) demand(element, "AccessList", at);
    if (memberOrNone(element, "Notification", at) !== undefined) demand(element, "NotificationChange", at);
    return decoded;
  },
};

function demand(element: XmlElement, name: string, at: Place): void {
  if (memberOrNone(element, name, at) === undefined) throw new ArgumentError(at.member(name), "is missing");
}

const parameterAttributes = struct({
  name: field("Name", text),
  notification: field("Notification", int),
  accessList: field("AccessList", strings),
});

const parameterKey = optional("ParameterKey", text, "");
const commandKey = optional("CommandKey", text, "");

const RPCS = {
  Inform: rpc(
    "ACS",
    {
      deviceId: field("DeviceId", deviceId),
      event: field("Event", list("EventStruct", "cwmp:EventStruct", event)),
      maxEnvelopes: field("MaxEnvelopes", unsignedInt),
      currentTime: field("CurrentTime", dateTime),
      retryCount: field("RetryCount", unsignedInt),
      parameterList: field("ParameterList", parameterValues),
    },
    // Some ACSs leave it out or send nonsense; its value has no meaning any more (C-074).
    { maxEnvelopes: unneeded("MaxEnvelopes", unsignedInt, 1) },
  ),
  GetRPCMethods: rpc("both", NONE, { methodList: optional("MethodList", strings, []) }),
  SetParameterValues: rpc(
    "CPE",
    { parameterList: field("ParameterList", parameterValues), parameterKey },
    { status: field("Status", status) },
  ),
  GetParameterValues: rpc(
    "CPE",
    { parameterNames: field("ParameterNames", strings) },
    { parameterList: field("ParameterList", parameterValues) },
  ),
  GetParameterNames: rpc(
    "CPE",
    { parameterPath: field("ParameterPath", token), nextLevel: optional("NextLevel", boolean, false) },
    { parameterList: field("ParameterList", list("ParameterInfoStruct", "cwmp:ParameterInfoStruct", parameterInfo)) },
  ),
  SetParameterAttributes: rpc(
    "CPE",
    {
      parameterList: field(
        "ParameterList",
        list("SetParameterAttributesStruct", "cwmp:SetParameterAttributesStruct", setParameterAttributes),
      ),
    },
    NONE,
  ),
  GetParameterAttributes: rpc(
    "CPE",
    { parameterNames: field("ParameterNames", strings) },
    {
      parameterList: field(
        "ParameterList",
        list("ParameterAttributeStruct", "cwmp:ParameterAttributeStruct", parameterAttributes),
      ),
    },
  ),
  AddObject: rpc(
    "CPE",
    { objectName: field("ObjectName", token), parameterKey },
    { instanceNumber: field("InstanceNumber", unsignedInt), status: field("Status", status) },
  ),
  DeleteObject: rpc(
    "CPE",
    { objectName: field("ObjectName", token), parameterKey },
    { status: field("Status", status) },
  ),
  Reboot: rpc("CPE", { commandKey }, NONE),
  FactoryReset: rpc("CPE", NONE, NONE),
  ...TRANSFER_RPCS,
  // The delay counts from the receipt.
  ScheduleInform: rpc("CPE", { delaySeconds: field("DelaySeconds", unsignedInt), commandKey }, NONE),
};

export type RpcName = keyof typeof RPCS;
type RpcMessages = {
  readonly [N in RpcName]: (typeof RPCS)[N] extends Rpc<infer Q, infer A>
    ? { readonly request: Readonly<Q>; readonly response: Readonly<A> }
    : never;
};
/** The arguments of an RPC, and those of its response. */
export type RequestOf<N extends RpcName> = RpcMessages[N]["request"];
export type ResponseOf<N extends RpcName> = RpcMessages[N]["response"];
/** RPCs that an ACS calls on a CPE. */
export type CpeMethod = { [N in RpcName]: (typeof RPCS)[N]["methodOf"] extends "ACS" ? never : N }[RpcName];

/** Every RPC that is spoken here, in either direction (TR-069 A.3, A.4). */
export const RPC_TABLE: { readonly [N in RpcName]: Rpc<RequestOf<N>, ResponseOf<N>> } = RPCS;

export function isRpcName(name: string): name is RpcName {
  return Object.hasOwn(RPC_TABLE, name);
}

/** Whether the ACS may call it in that version. */
export function isCpeMethod(name: string, version: CwmpVersion): name is CpeMethod {
  return hasMethod("CPE", name, version);
}

/** Whether the CPE may call it in that version. */
export function isAcsMethod(name: string, version: CwmpVersion): boolean {
  return hasMethod("ACS", name, version);
}

/** What GetRPCMethods answers on that side (TR-069 A.3.1.1, C-122, C-050). */
export function methodsOf(side: "CPE" | "ACS", version: CwmpVersion): readonly string[] {
  return Object.keys(RPC_TABLE).filter((name) => hasMethod(side, name, version));
}

function hasMethod(side: "CPE" | "ACS", name: string, version: CwmpVersion): boolean {
  if (!isRpcName(name)) return false;
  const { methodOf, since } = RPC_TABLE[name];
  return (methodOf === side || methodOf === "both") && isAtLeast(version, since);
}
