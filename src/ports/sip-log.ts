/** One SIP message of a phone. */
export interface SipRecord {
  /** Wall time, milliseconds since 1970. */
  readonly at: number;
  readonly from: "phone" | "peer";
  /** `UDP 192.0.2.1:5060`. */
  readonly peer: string;
  /** `REGISTER sip:192.0.2.1`, or `401 Unauthorized`. */
  readonly name: string;
  /** Of a response: the method that it answers, such as `REGISTER`; of a request empty. */
  readonly answers: string;
  readonly bytes: number;
  /** All of it, secrets masked; what is no text in it is replaced. */
  readonly text: string;
}

/** The last SIP messages of a phone. */
export interface SipLog {
  /** Oldest first. */
  records(): readonly SipRecord[];
}
