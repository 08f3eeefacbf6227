/** What stands around every exchange over HTTP: challenges are answered and redirects followed, until an answer is neither. */
import { parseHttpUrl } from "../cwmp/addresses.ts";
import type { AnswerHead } from "./answer.ts";
import type { Authenticator } from "./digest.ts";

export interface Exchanges<A extends AnswerHead> {
  /** Statuses that are followed. */
  readonly redirects: ReadonlySet<number>;
  /** Null: the connection was dead before a byte of the answer, and the same again goes to a new one. */
  ask(url: URL): Promise<A | null>;
  /** Of the server that was asked last. */
  authenticator(): Authenticator;
  /** A redirect is about to be followed. Throws where it must not be. */
  redirected(from: URL, to: URL, status: number): void;
  /** The error for a server that cannot be followed; `problem` is a predicate, such as `redirects without a Location`. */
  refused(problem: string, from: URL): Error;
}

/** Redirects in a row that are followed (C-017). */
const MAX_REDIRECTS = 5;

/** The first answer that is neither challenge nor redirect, and where it came from. Throws what the exchanges throw. */
export async function followAnswers<A extends AnswerHead>(
  start: URL,
  exchanges: Exchanges<A>,
): Promise<{ readonly answer: A; readonly url: URL }> {
  let url = start;
  let redirects = 0;
  for (;;) {
    const answer = await exchanges.ask(url);
    if (answer === null) continue;
    if (answer.status === 401) {
      exchanges.authenticator().challenged(answer.header("www-authenticate"));
      continue;
    }
    exchanges.authenticator().accepted();
    if (!exchanges.redirects.has(answer.status)) return { answer, url };
    if (++redirects > MAX_REDIRECTS)
      throw exchanges.refused(`gives more than ${MAX_REDIRECTS} redirects in a row`, url);
    const to = targetOf(answer, url, exchanges);
    exchanges.redirected(url, to, answer.status);
    url = to;
  }
}

function targetOf(answer: AnswerHead, from: URL, { refused }: Pick<Exchanges<AnswerHead>, "refused">): URL {
  const [location] = answer.header("location");
  const url = location === undefined ? null : parseHttpUrl(location, from);
  if (url !== null) return url;
  const how = location === undefined ? "without a Location" : "to a URL that is not http:// or https://";
  throw refused(`redirects ${how} (HTTP status ${answer.status})`, from);
}
