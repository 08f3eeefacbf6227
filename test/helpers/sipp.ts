/** Scenarios of sipp: what a caller says, and what it must hear. */

/** A request of sipp with the usual headers. */
export const request = (method: string, to: string, cseq: string, more = ""): string => `<![CDATA[
${method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:caller@[local_ip]>;tag=[call_number]
To: <sip:[service]@[remote_ip]>${to}
Call-ID: [call_id]
CSeq: ${cseq}
Contact: <sip:caller@[local_ip]:[local_port]>
${more}]]>`;

const SDP = `Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0 8
`;

export const NONE = "Content-Length: 0\n\n";
export const scenario = (steps: string): string =>
  `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="test">\n${steps}\n</scenario>\n`;

/** INVITE that is refused with that status. */
export const refused = (status: number): string =>
  scenario(`<send retrans="500">${request("INVITE", "", "1 INVITE", SDP)}</send>
<recv response="100" optional="true"></recv><recv response="180" optional="true"></recv>
<recv response="${status}"></recv>
<send>${request("ACK", "[peer_tag_param]", "1 ACK", NONE)}</send>`);

/** INVITE that is answered, and ended after a moment; within the call requests take the route that kamailio wants. */
const within = (method: string, cseq: string): string =>
  request(method, "[peer_tag_param]", cseq, `[routes]\n${NONE}`).replace(
    "sip:[service]@[remote_ip]:[remote_port]",
    "[next_url]",
  );
export const ANSWERED = scenario(`<send retrans="500">${request("INVITE", "", "1 INVITE", SDP)}</send>
<recv response="100" optional="true"></recv><recv response="180" optional="true"></recv>
<recv response="200" rrs="true"></recv>
<send>${within("ACK", "1 ACK")}</send>
<pause milliseconds="10"/>
<send retrans="500">${within("BYE", "2 BYE")}</send>
<recv response="200"></recv>`);

/** INVITE that rings, and is given up. */
export const CANCELLED = scenario(`<send retrans="500">${request("INVITE", "", "1 INVITE", SDP)}</send>
<recv response="100" optional="true"></recv>
<recv response="180"></recv>
<send retrans="500">${request("CANCEL", "", "1 CANCEL", NONE).replace("[branch]", "[branch-3]")}</send>
<recv response="200"></recv>
<recv response="487"></recv>
<send>${request("ACK", "[peer_tag_param]", "1 ACK", NONE).replace("[branch]", "[branch-6]")}</send>`);

/** OPTIONS that is answered with that status. */
export const options = (status: number): string =>
  scenario(`<send retrans="500">${request("OPTIONS", "", "1 OPTIONS", NONE)}</send>
<recv response="100" optional="true"></recv>
<recv response="${status}"></recv>`);

/** A request as somebody sends it who does not know SIP well, and the status that it must get. */
export interface Malformed {
  readonly what: string;
  readonly method: string;
  readonly status: number;
  /** Replaces parts of a good request; each must be there. */
  readonly wrong: readonly (readonly [string, string])[];
}

/** All of them one after the other. `[line]` is the `line` of the phone's Contact: `-key line VALUE`. */
export function malformed(requests: readonly Malformed[]): string {
  const steps = requests.map(({ what, method, status, wrong }, index) => {
    const body = method === "INVITE" ? SDP : NONE;
    const good = request(method, "", `${index + 1} ${method}`, body).replace(
      "[remote_port]",
      "[remote_port];line=[line]",
    );
    const bad = wrong.reduce((text, [part, replacement]) => {
      if (!text.includes(part)) throw new Error(`${what}: no ${part} in the request`);
      return text.replace(part, replacement);
    }, good);
    const ring = method === "INVITE" ? '<recv response="180" optional="true"></recv>' : "";
    const ack = request("ACK", "[peer_tag_param]", `${index + 1} ACK`, NONE).replace("[branch]", "[branch-2]");
    return `<!-- ${what} -->\n<send>${bad}</send>\n${ring}<recv response="${status}"></recv>${method === "INVITE" ? `\n<send>${ack}</send>` : ""}`;
  });
  return scenario(steps.join("\n"));
}
