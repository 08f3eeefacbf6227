/** What stands in the place of a secret. Sent back as it is, it leaves the secret alone. */
export const MASK = "********";

/** A URL may carry a password: `http://name:secret@host/`. */
export function maskUrlPasswords(text: string): string {
  return text.replace(/(\/\/[^/?#@\s:]*:)[^/?#\s]*@/g, `$1${MASK}@`);
}
