import type { SecureContextOptions } from "node:tls";

/**
 * How TLS is spoken on every connection, to others and from them: 1.2 or later, no static RSA, which has no forward secrecy,
 * and security level 2 of OpenSSL: no RSA key below 2048 bits, no signature with SHA-1, at either end or above it in the chain.
 */
export const TLS_POLICY = {
  minVersion: "TLSv1.2",
  ciphers:
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:HIGH:!kRSA:!PSK:!aNULL:!3DES:@SECLEVEL=2",
} as const satisfies SecureContextOptions;
