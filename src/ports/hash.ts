/** A keyed one-way hash, hex: detects whether a text has changed without storing it. */
export type Hash = (salt: string, text: string) => string;
