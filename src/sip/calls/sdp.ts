/** The little of SDP (RFC 8866) and offer/answer (RFC 3264) that one audio stream needs. */

export interface Codec {
  /** As rtpmap has it, without the clock rate: `PCMU`. */
  readonly name: string;
  readonly clockRate: number;
  /** The static payload type, or the one that is offered for it. */
  readonly payload: number;
}

/** The usable part of a peer's offer. */
export interface AudioOffer {
  /** Every `m=` line, in order; an answer has as many. */
  readonly media: readonly string[];
  /** Which of them is the audio that is answered. */
  readonly audioAt: number;
  readonly codecs: readonly Codec[];
  /** Payload type of RFC 4733; null: not offered. */
  readonly telephoneEvent: number | null;
  readonly direction: Direction;
}

export interface LocalAudio {
  readonly host: string;
  readonly port: number;
  /** The codecs of this side, in order of preference. */
  readonly codecs: readonly Codec[];
  /** Whether pressed keys are taken as RFC 4733 events. */
  readonly telephoneEvents: boolean;
  /** Payload type of those in an offer. */
  readonly telephonePayload: number;
  /** A number that is new for each call. */
  readonly sessionId: number;
  /** Counts up with each description of a call. */
  readonly version: number;
}

const DIRECTIONS = ["sendrecv", "sendonly", "recvonly", "inactive"] as const;
type Direction = (typeof DIRECTIONS)[number];
/** RFC 3264 6.1. */
const ANSWERS: Readonly<Record<Direction, Direction>> = {
  sendrecv: "sendrecv",
  sendonly: "recvonly",
  recvonly: "sendonly",
  inactive: "inactive",
};
/** RFC 3551: payload types that need no rtpmap. */
const STATIC: Readonly<Record<number, readonly [string, number]>> = {
  ...{ 0: ["PCMU", 8000], 4: ["G723", 8000], 8: ["PCMA", 8000], 9: ["G722", 8000], 18: ["G729", 8000] },
};
const MAX_LINES = 500;

/** Null: no audio over RTP is offered, or it is no SDP. */
export function parseOffer(body: Uint8Array): AudioOffer | null {
  const lines = Buffer.from(body).toString("utf8").split(/\r?\n/, MAX_LINES);
  if (lines[0] !== "v=0") return null;
  const media = lines.filter((line) => line.startsWith("m="));
  const audioAt = media.findIndex((line) => /^m=audio [1-9]\d{0,4}(?:\/\d+)? RTP\/AVP \d/.test(line));
  const chosen = media[audioAt];
  if (chosen === undefined) return null;
  const start = lines.indexOf(chosen);
  const own = lines.slice(start + 1);
  const end = own.findIndex((line) => line.startsWith("m="));
  const attributes = end < 0 ? own : own.slice(0, end);
  const payloads = chosen.split(" ").slice(3).map(Number).filter(Number.isInteger);
  const maps = new Map(attributes.flatMap(rtpMap));
  const events = payloads.find((payload) => maps.get(payload)?.[0].toLowerCase() === "telephone-event");
  const codecs = payloads.flatMap((payload) => {
    const found = maps.get(payload) ?? STATIC[payload];
    return found === undefined || payload === events ? [] : [{ name: found[0], clockRate: found[1], payload }];
  });
  const session = lines.slice(0, lines.indexOf(media[0] ?? ""));
  const direction = directionIn(attributes) ?? directionIn(session) ?? "sendrecv";
  return { media, audioAt, codecs, telephoneEvent: events ?? null, direction };
}

/** An offer of this side's own (RFC 3264 5). */
export function offerText(local: LocalAudio): string {
  const events = local.telephoneEvents ? local.telephonePayload : null;
  return sessionText(local, [...audioLines(local, local.codecs, events), "a=sendrecv"]);
}

/** The answer, and the codec that both sides have; null: they have none in common (488). */
export function answerText(
  offer: AudioOffer,
  local: LocalAudio,
): { readonly text: string; readonly codec: Codec } | null {
  const common = local.codecs.flatMap(
    (own) => offer.codecs.find(({ name, clockRate }) => sameCodec(own, { name, clockRate })) ?? [],
  );
  const [codec] = common;
  if (codec === undefined) return null;
  const events = local.telephoneEvents ? offer.telephoneEvent : null;
  const lines = offer.media.flatMap((line, at) =>
    at === offer.audioAt
      ? [...audioLines(local, [codec], events), `a=${ANSWERS[offer.direction]}`]
      : [line.replace(/^(m=\S+) \S+/, "$1 0")],
  );
  return { text: sessionText(local, lines), codec };
}

function audioLines({ port }: LocalAudio, codecs: readonly Codec[], events: number | null): readonly string[] {
  const payloads = [...codecs.map(({ payload }) => payload), ...(events === null ? [] : [events])];
  return [
    `m=audio ${port} RTP/AVP ${payloads.join(" ")}`,
    ...codecs.map(({ name, clockRate, payload }) => `a=rtpmap:${payload} ${name}/${clockRate}`),
    ...(events === null ? [] : [`a=rtpmap:${events} telephone-event/8000`, `a=fmtp:${events} 0-15`]),
    "a=ptime:20",
  ];
}

function sessionText({ host, sessionId, version }: LocalAudio, lines: readonly string[]): string {
  const address = `IN ${host.includes(":") ? "IP6" : "IP4"} ${host}`;
  const head = ["v=0", `o=- ${sessionId} ${version} ${address}`, "s=-", `c=${address}`, "t=0 0"];
  return `${[...head, ...lines].join("\r\n")}\r\n`;
}

function rtpMap(line: string): readonly [number, readonly [string, number]][] {
  const [, payload, name = "", rate] = /^a=rtpmap:(\d{1,3}) ([\w.-]{1,32})\/(\d{1,6})/.exec(line) ?? [];
  return payload === undefined ? [] : [[Number(payload), [name, Number(rate)]]];
}

function directionIn(lines: readonly string[]): Direction | undefined {
  return DIRECTIONS.find((direction) => lines.includes(`a=${direction}`));
}

function sameCodec(one: Omit<Codec, "payload">, other: Omit<Codec, "payload">): boolean {
  return one.name.toLowerCase() === other.name.toLowerCase() && one.clockRate === other.clockRate;
}
