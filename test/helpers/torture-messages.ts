/** Messages in the manner of RFC 4475, written from its descriptions: what is odd and what is wrong about SIP messages. */
export interface TortureMessage {
  /** The section of RFC 4475, and what it is about. */
  readonly name: string;
  /** `LINE` stands for what the phone's Contact has as `line`. */
  readonly text: string;
  /** What the phone answers first; null: nothing. */
  readonly status: number | null;
}

const URI = "sip:1001@192.0.2.50:5062;line=LINE";
const SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n";

interface Parts {
  readonly start?: string;
  readonly via?: string;
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly cseq?: string;
  readonly more?: readonly string[];
  readonly length?: string;
  readonly body?: string;
}

function message(method: string, parts: Parts = {}): string {
  const { body = "" } = parts;
  return [
    parts.start ?? `${method} ${URI} SIP/2.0`,
    parts.via ?? "Via: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bKtorture",
    parts.from ?? "From: <sip:caller@example.net>;tag=1",
    parts.to ?? "To: <sip:1001@example.com>",
    parts.callId ?? "Call-ID: torture",
    parts.cseq ?? `CSeq: 1 ${method}`,
    ...(parts.more ?? ["Max-Forwards: 70"]),
    parts.length ?? `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
}

const invite = (parts: Parts = {}): string =>
  message("INVITE", { body: SDP, ...parts, more: ["Content-Type: application/sdp", ...(parts.more ?? [])] });

export const TORTURE: readonly TortureMessage[] = [
  {
    name: "3.1.1.1 white space, folds, compact names and unknown headers everywhere",
    status: 200,
    text: [
      `OPTIONS ${URI} SIP/2.0`,
      "TO :\r\n sip:1001@chair-dnrc.example.com ;   x = y",
      'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8',
      "MaX-fOrWaRdS: 0068",
      "Call-ID: wsinv.ndaksdj@192.0.2.1",
      "Content-Length   : 0",
      "cseq: 0009\r\n  OPTIONS",
      "Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw",
      "s :",
      "NewFangledHeader:   newfangled value\r\n continued newfangled value",
      "UnknownHeaderWithUnusualValue: ;;,,;;,;",
      "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239",
      'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33',
      "",
      "",
    ].join("\r\n"),
  },
  {
    name: "3.1.1.2 a method of unusual characters",
    status: 405,
    text: message("!interesting-Method0123456789_*+`.%indeed'~"),
  },
  {
    name: "3.1.1.3 escapes in user parts",
    status: 200,
    text: message("OPTIONS", { to: "To: <sip:sips%3Auser%40example.com@example.net>" }),
  },
  {
    name: "3.1.1.4 an escaped null",
    status: 200,
    text: message("OPTIONS", { to: "To: <sip:null-%00-null@example.com>" }),
  },
  {
    name: "3.1.1.6 no white space between a name and its address",
    status: 200,
    text: message("OPTIONS", { from: "From: caller<sip:caller@example.com>;tag=323" }),
  },
  {
    name: "3.1.1.7 long values",
    status: 200,
    text: message("OPTIONS", {
      from: `From: "I have a user name of extreme${"and unusual".repeat(40)} proportion"<sip:a@b>;tag=${"1".repeat(300)}`,
      more: [`Unknown-${"Long".repeat(25)}-Name: ${"v".repeat(800)}`],
    }),
  },
  {
    name: "3.1.1.8 two requests in one datagram: the first counts",
    status: 200,
    text: `${message("OPTIONS")}${message("MESSAGE")}`,
  },
  {
    name: "3.1.1.10 an unknown transport in Via",
    status: 200,
    text: message("OPTIONS", { via: "Via: SIP/2.0/UNKNOWN t1.example.com;branch=z9hG4bKkdjuw" }),
  },
  {
    name: "3.1.1.12 a response with an unusual reason",
    status: null,
    text: "SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nCSeq: 1 REGISTER\r\n\r\n",
  },
  {
    name: "3.1.1.13 a response without a reason",
    status: null,
    text: "SIP/2.0 100\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nCSeq: 1 REGISTER\r\n\r\n",
  },
  { name: "3.1.2.1 commas and semicolons too many in Via", status: 400, text: invite({ via: "Via: ;;,;,," }) },
  {
    name: "3.1.2.2 a Content-Length larger than the body",
    status: 400,
    text: invite({ length: "Content-Length: 9999" }),
  },
  { name: "3.1.2.3 a negative Content-Length", status: 400, text: invite({ length: "Content-Length: -999" }) },
  {
    name: "3.1.2.4 numbers beyond their range",
    status: 400,
    text: message("REGISTER", { cseq: "CSeq: 36893488147419103232 REGISTER", more: ["Max-Forwards: 300"] }),
  },
  {
    name: "3.1.2.5 a response with numbers beyond their range",
    status: null,
    text: "SIP/2.0 503 Service Unavailable\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nCSeq: 9292394834772304023312 OPTIONS\r\nRetry-After: 949302838503028349304023988\r\n\r\n",
  },
  {
    name: "3.1.2.6 a quotation that does not end",
    status: 400,
    text: invite({ to: 'To: "Mr. J. User <sip:j.user@example.com>' }),
  },
  { name: "3.1.2.7 a Request-URI in angle brackets", status: 400, text: invite({ start: `INVITE <${URI}> SIP/2.0` }) },
  {
    name: "3.1.2.8 white space in the Request-URI",
    status: 400,
    text: invite({ start: `INVITE sip:1001@192.0.2.50; line=LINE SIP/2.0` }),
  },
  {
    name: "3.1.2.9 more than one space in the start line",
    status: 200,
    text: message("OPTIONS", { start: `OPTIONS  ${URI}  SIP/2.0` }),
  },
  {
    name: "3.1.2.10 spaces after the start line",
    status: 200,
    text: message("OPTIONS", { start: `OPTIONS ${URI} SIP/2.0  ` }),
  },
  {
    name: "3.1.2.13 a From that is no address",
    status: 400,
    text: message("OPTIONS", { from: "From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43" }).replace(
      "Bell, Alexander <",
      'Bell" Alexander <',
    ),
  },
  { name: "3.1.2.16 another version", status: 505, text: message("OPTIONS", { start: `OPTIONS ${URI} SIP/7.0` }) },
  { name: "3.1.2.17 a CSeq of another method", status: 400, text: message("OPTIONS", { cseq: "CSeq: 8 INVITE" }) },
  {
    name: "3.1.2.18 a CSeq of another method, and an unknown one",
    status: 400,
    text: message("NEWMETHOD", { cseq: "CSeq: 8 INVITE" }),
  },
  {
    name: "3.1.2.19 a status beyond all",
    status: null,
    text: "SIP/2.0 4294967301 better not break the receiver\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nCSeq: 1 OPTIONS\r\n\r\n",
  },
  {
    name: "3.2.1 a branch that is the cookie alone",
    status: 200,
    text: message("OPTIONS", { via: "Via: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK" }),
  },
  {
    name: "3.3.1 hardly any header: an answer would be longer than the request",
    status: null,
    text: `INVITE ${URI} SIP/2.0\r\nCSeq: 193942 INVITE\r\nVia: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf\r\n\r\n`,
  },
  {
    name: "3.3.2 an unknown scheme",
    status: 416,
    text: message("OPTIONS", { start: "OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0" }),
  },
  {
    name: "3.3.3 a known scheme that is not SIP's",
    status: 416,
    text: message("OPTIONS", { start: "OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0" }),
  },
  {
    name: "3.3.5 an extension that is not supported",
    status: 420,
    text: message("OPTIONS", { more: ["Require: nothingSupportsThis, nothingSupportsThisEither"] }),
  },
  {
    name: "3.3.6 a body of an unknown type",
    status: 415,
    text: message("INVITE", { body: "<audio/>", more: ["Content-Type: application/unknownformat"] }),
  },
  {
    name: "3.3.8 two values where one is meant",
    status: 400,
    text: message("OPTIONS", { more: ["Call-ID: two", "CSeq: 6 OPTIONS", "To: <sip:x@y>"] }),
  },
  { name: "3.3.9 two Content-Lengths", status: 400, text: message("OPTIONS", { more: ["Content-Length: 5"] }) },
  {
    name: "3.3.10 a response to somebody at the broadcast address",
    status: null,
    text: "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1\r\nCSeq: 1 OPTIONS\r\n\r\n",
  },
  {
    name: "3.3.11 Max-Forwards 0 at the one who is asked",
    status: 200,
    text: message("OPTIONS", { more: ["Max-Forwards: 0"] }),
  },
];
