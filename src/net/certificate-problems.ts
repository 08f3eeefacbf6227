const UNKNOWN_CA =
  "the CA that issued its certificate is not trusted here: put that CA's certificate (and any intermediate one that the server does not send) into the setting tls.ca";

/** What may be wrong with the certificate of any server, by the code of the error. */
export const CERTIFICATE_PROBLEMS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "its certificate is self-signed and not trusted here: put that certificate into the setting tls.ca",
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_CA,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_CA,
  // A CA of the same name as a trusted one, but another: made again, as in a lab.
  CERT_SIGNATURE_FAILURE: UNKNOWN_CA,
  CERT_HAS_EXPIRED: "its certificate has expired: renew it there, or set this host's clock right",
  CERT_NOT_YET_VALID: "its certificate is not valid yet: set this host's clock right",
};
