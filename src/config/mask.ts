/** What stands in the place of a secret, as on the phone's own web pages. */
export const MASK = "********";
