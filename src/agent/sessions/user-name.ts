import type { Identity } from "../core/config.ts";

/** The phone's user name at the ACS. Without a password it sends no user name either. */
export function userName(
  { username, password }: { readonly username: string; readonly password: string },
  identity: Identity,
): string {
  return username === "" && password !== "" ? defaultUserName(identity) : username;
}

/**
 * The default user name: OUI-ProductClass-SerialNumber, or OUI-SerialNumber, unique in the world;
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
