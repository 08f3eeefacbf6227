/**
 * Last segments of the names of parameters that hold secrets, in the data models that an ACS meets (Device:1 and Device:2,
 * TR-104, InternetGatewayDevice): what a trace must not show.
 */
export const SECRET_PARAMETERS: ReadonlySet<string> = new Set([
  "Password",
  "ConnectionRequestPassword",
  "STUNPassword",
  "AuthPassword",
  "KeyPassphrase",
  "PreSharedKey",
  "SAEPassphrase",
  "WEPKey",
  "RadiusSecret",
  "SecondaryRadiusSecret",
  "DownloadPassword",
  "Passphrase",
  "PIN",
]);
