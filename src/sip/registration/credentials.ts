import type { Random } from "../../ports/random.ts";
import { type DigestChallenge, digestCredentials } from "../../system/digest-client.ts";
import type { SipHeader } from "../message/message.ts";
import { randomToken } from "../token.ts";
import type { Challenger } from "./verdict.ts";

export interface Login {
  readonly name: string;
  readonly password: string;
}

interface Answered {
  readonly by: Challenger;
  readonly challenge: DigestChallenge;
  readonly cnonce: string;
  uses: number;
}

const ANSWERS: Readonly<Record<Challenger, string>> = {
  "WWW-Authenticate": "Authorization",
  "Proxy-Authenticate": "Proxy-Authorization",
};

/** The challenges that an account has met. Each nonce is used again until its server asks anew: a refresh costs one request. */
export class Credentials {
  readonly #random: Random;
  readonly #login: Login;
  /** At most two: a registrar and a proxy on the way. */
  #answered: readonly Answered[] = [];

  constructor(random: Random, login: Login) {
    this.#random = random;
    this.#login = login;
  }

  take(by: Challenger, challenge: DigestChallenge): void {
    const cnonce = randomToken(this.#random, 8);
    const others = this.#answered.filter((answered) => answered.by !== by);
    this.#answered = [...others, { by, challenge: kept(challenge), cnonce, uses: 0 }];
  }

  /** Another server: its nonces are others. */
  forget(): void {
    this.#answered = [];
  }

  /** The headers of one request; none before a challenge. */
  headers(method: string, uri: string): readonly SipHeader[] {
    const { name: username, password } = this.#login;
    return this.#answered.map((answered) => {
      const { by, challenge, cnonce } = answered;
      const uses = ++answered.uses;
      const value = digestCredentials(challenge, { username, password, method, uri, uses, cnonce });
      return { name: ANSWERS[by], value };
    });
  }
}

const KEPT = ["realm", "nonce", "opaque", "algorithm"] as const;

/** The parts of a challenge that answers need, as copies: substrings would keep the whole message in memory. */
function kept({ algorithm, qop, params }: DigestChallenge): DigestChallenge {
  const own = KEPT.flatMap((name): [string, string][] => {
    const value = params.get(name);
    return value === undefined ? [] : [[name, Buffer.from(value, "utf8").toString("utf8")]];
  });
  return { algorithm, qop, params: new Map(own) };
}
