/** A keyed one-way hash, hex: tells whether a text has changed without keeping the text. */
export type Hash = (salt: string, text: string) => string;
