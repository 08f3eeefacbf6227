import type { Clock } from "../ports/clock.ts";

/** Which nonces of one endpoint have authenticated, and how far their nonce count has come (RFC 7616 3.4, C-215). */
export interface UsedNonces {
  /** True, and remembered, when the nonce is young enough and `nc` is above every earlier one. False: ask for a fresh nonce. */
  use(nonce: string, issuedMs: number, nc: number): boolean;
  readonly size: number;
}

export interface UsedNoncesOptions {
  readonly clock: Clock;
  readonly lifetimeMs: number;
  /** Entries that are kept at most. */
  readonly limit: number;
}

export function createUsedNonces({ clock, lifetimeMs, limit }: UsedNoncesOptions): UsedNonces {
  const counts = new Map<string, { readonly issuedMs: number; nc: number }>();
  /** Nonces issued up to then are refused unless they are in the table: their count may have been forgotten. */
  let forgottenMs = Number.NEGATIVE_INFINITY;

  const forget = (nonce: string, issuedMs: number): void => {
    counts.delete(nonce);
    forgottenMs = Math.max(forgottenMs, issuedMs);
  };
  const makeRoom = (): void => {
    if (counts.size < limit) return;
    const expiredMs = clock.monotonic() - lifetimeMs;
    for (const [nonce, { issuedMs }] of counts) if (issuedMs < expiredMs) forget(nonce, issuedMs);
    while (counts.size >= limit) {
      const oldest = [...counts].reduce((one, other) => (other[1].issuedMs < one[1].issuedMs ? other : one));
      forget(oldest[0], oldest[1].issuedMs);
    }
  };

  return {
    use(nonce, issuedMs, nc) {
      if (clock.monotonic() - issuedMs > lifetimeMs) return false;
      const known = counts.get(nonce);
      if (known !== undefined) {
        if (nc <= known.nc) return false;
        known.nc = nc;
        return true;
      }
      if (issuedMs <= forgottenMs) return false;
      makeRoom();
      counts.set(nonce, { issuedMs, nc });
      return true;
    },
    get size() {
      return counts.size;
    },
  };
}
