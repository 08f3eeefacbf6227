/** The names of RFC 3261 and of the extensions that are used here. */
const NAMES = [
  ..."Accept Accept-Encoding Accept-Language Alert-Info Allow Allow-Events Authentication-Info Authorization".split(
    " ",
  ),
  ..."Call-ID Call-Info Contact Content-Disposition Content-Encoding Content-Language Content-Length".split(" "),
  ..."Content-Type CSeq Date Error-Info Event Expires From In-Reply-To Max-Forwards MIME-Version Min-Expires".split(
    " ",
  ),
  ..."Organization Priority Proxy-Authenticate Proxy-Authorization Proxy-Require Record-Route Refer-To".split(" "),
  ..."Reply-To Require Retry-After Route Server Session-Expires Subject Subscription-State Supported".split(" "),
  ..."Timestamp To Unsupported User-Agent Via Warning WWW-Authenticate".split(" "),
];

/** RFC 3261 7.3.3 and the registry of IANA. */
const COMPACT: Readonly<Record<string, string>> = {
  a: "Accept-Contact",
  b: "Referred-By",
  c: "Content-Type",
  e: "Content-Encoding",
  f: "From",
  i: "Call-ID",
  k: "Supported",
  l: "Content-Length",
  m: "Contact",
  o: "Event",
  r: "Refer-To",
  s: "Subject",
  t: "To",
  u: "Allow-Events",
  v: "Via",
  x: "Session-Expires",
};

const CANONICAL = new Map([
  ...NAMES.map((name): [string, string] => [name.toLowerCase(), name]),
  ...Object.entries(COMPACT),
]);

/** The name in its usual form: `v` and `VIA` are `Via`. */
export function headerName(text: string): string {
  return CANONICAL.get(text) ?? CANONICAL.get(text.toLowerCase()) ?? text;
}
