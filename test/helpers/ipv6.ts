import { networkInterfaces } from "node:os";

const hasLoopback = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));

/** For the `skip` of a test over IPv6. In CI nothing is skipped: there the test fails without it. */
export const IPV6_MISSING = hasLoopback || process.env.CI !== undefined ? false : "this host has no IPv6 loopback";
