/** RFC 3261 table 4, in milliseconds. */
export const T1_MS = 500;
export const T2_MS = 4_000;
export const T4_MS = 5_000;
/** Timers B, F, H, J, L and M: how long an answer is waited for, and repeats are known as such. */
export const TRANSACTION_MS = 64 * T1_MS;
/** Timer D over UDP. */
export const INVITE_REPEATS_MS = 32_000;
