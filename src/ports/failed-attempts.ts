/**
 * Failed attempts to log in by where they come from. Some are free; after that each makes the source wait longer than the one
 * before. An attempt while it waits is not looked at, and does not make the wait longer. A success resets nothing:
 * otherwise an attacker who shares an address with a user could continue after each log-in of the user.
 */
export interface FailedAttempts {
  /** Milliseconds that the source has to wait; 0: it may try. */
  waitMs(source: string): number;
  failed(source: string): void;
  succeeded(source: string): void;
}
