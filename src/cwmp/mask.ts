/** The replacement of a secret in any output. If it is sent back unchanged, the secret stays. */
export const MASK = "********";

/** From `//` to what cannot stand in a URL. */
const URLS = /\/\/[^\s"'<>]*/g;
/** SIP has no slashes; both parts are shorter than that. */
const SIP = /\b(sips?:[^\s:@;"'<>]{1,200}:)[^\s@"'<>]{1,200}@/gi;
/** In XML `&` is written `&amp;`. */
const FIRST_NAME = /[?;]([^=;?]{1,100})=/g;
const NAME = /(?:^|[?;])([^=;?]{1,100})=/g;
const SECRET_IN_NAME = /signature|token|secret|passw|passphrase|pwd|apikey|accesskey|credential|authoriz|jwt|hmac/;
const SECRET_NAME = /(?:^|x)(?:hash|sid|sessionid|pin|otp)$|(?:sig|key|pass|auth|ticket)$/;
/** `//user:secret` where what follows the colon is no port. */
const NO_PORT = /^[^[:]*:(?!\d{1,5}$)/;

/**
 * A text with the secrets out of its URLs: the password of `http://user:password@host/`, a user name that stands without one
 * (it may be a token), and the values of parameters that grant access, such as `X-Amz-Signature`, `sig`, `token` and `password`.
 * The text may be anything, XML and JSON too. Linear in its length.
 */
export function maskUrls(text: string): string {
  const masked = text.includes("//") ? text.replace(URLS, (url) => maskParameters(maskUserInfo(url))) : text;
  return /sips?:/i.test(masked) ? masked.replace(SIP, `$1${MASK}@`) : masked;
}

function maskUserInfo(url: string): string {
  const rest = url.slice(2);
  const authority = rest.split(/[/?#]/, 1)[0] ?? "";
  // A password that should have been encoded holds what ends the authority.
  const at = NO_PORT.test(authority) ? rest.lastIndexOf("@") : authority.lastIndexOf("@");
  if (at <= 0) return url;
  const colon = rest.slice(0, at).indexOf(":");
  const user = colon === -1 || colon === at - 1 ? "" : rest.slice(0, colon + 1);
  return `//${user}${MASK}${rest.slice(at)}`;
}

function maskParameters(url: string): string {
  return url
    .split(/([&#])/)
    .map((part, at) => (at % 2 === 0 ? maskPart(part, at === 0) : part))
    .join("");
}

/** What stands between two `&`; `first`: the URL up to the first one. */
function maskPart(part: string, first: boolean): string {
  for (const { index, 0: start, 1: name = "" } of part.matchAll(first ? FIRST_NAME : NAME)) {
    const from = index + start.length;
    if (from < part.length && isSecret(name)) return part.slice(0, from) + MASK;
  }
  const value = part.indexOf("=") + 1;
  return value > 0 && holdsSecret(part.slice(value)) ? part.slice(0, value) + MASK : part;
}

function isSecret(name: string): boolean {
  const plain = percentDecoded(name)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
  return SECRET_IN_NAME.test(plain) || SECRET_NAME.test(plain);
}

/** A URL inside a URL. */
function holdsSecret(value: string): boolean {
  if (!/%2f%2f/i.test(value)) return false;
  const decoded = percentDecoded(value);
  return decoded !== value && maskUrls(decoded) !== decoded;
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_code, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
