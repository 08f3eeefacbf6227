import type { Identity } from "../core/config.ts";

/** What the phone calls itself at the ACS. Without a password there is nothing to log in with, so no name either. */
export function userName(
  { username, password }: { readonly username: string; readonly password: string },
  identity: Identity,
): string {
  return username === "" && password !== "" ? defaultUserName(identity) : username;
}

/**
 * The user name of a phone that was given none: OUI-ProductClass-SerialNumber, or OUI-SerialNumber, unique in the world;
 * what is neither a letter, a digit nor an underscore is percent-encoded (TR-069 3.4.4, C-026).
 */
function defaultUserName({ oui, productClass, serialNumber }: Identity): string {
  return [oui, productClass, serialNumber]
    .filter((part) => part !== "")
    .map(percentEncoded)
    .join("-");
}

function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[-.!~*'()]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
