export interface Random {
  /** A number in [low, high), evenly spread. */
  between(low: number, high: number): number;
  /** Bytes fit for nonces and tokens. */
  bytes(length: number): Uint8Array;
}
