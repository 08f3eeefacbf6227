/** What can go wrong on the ACS's side. Catch by code. */
export type AcsErrorCode =
  /** The port could not be opened. */
  | "LISTEN"
  /** No such device has been in touch, or it has reported no ConnectionRequestURL. */
  | "UNKNOWN_DEVICE"
  /** The device did not answer a connection request. */
  | "UNREACHABLE"
  /** The ACS was closed during a wait. */
  | "CLOSED";

export class AcsError extends Error {
  override readonly name = "AcsError";
  readonly code: AcsErrorCode;

  constructor(code: AcsErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
