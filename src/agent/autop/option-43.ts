const HEX = /^hex:((?:[0-9a-f]{2}[:\s-]?)*)$/i;
const PAD = 0;
const END = 255;

/**
 * The URL in DHCP option 43, whose content is vendor-specific (RFC 2132 8.4): a plain text is the URL itself; among
 * sub-options (code, length, value) it is the first value that is a URL. Empty: there is none.
 *
 * @param setting a text, or `hex:` and bytes
 */
export function option43Url(setting: string): string {
  const bytes = optionBytes(setting);
  if (bytes === null) return "";
  const text = Buffer.from(bytes).toString("latin1").replace(/\0+$/, "").trim();
  if (isUrl(text)) return text;
  return subOptions(bytes).find(isUrl) ?? "";
}

/** Null for `hex:` followed by anything but hexadecimal. */
export function optionBytes(setting: string): Uint8Array | null {
  if (!/^hex:/i.test(setting)) return Buffer.from(setting, "utf8");
  const digits = HEX.exec(setting)?.[1];
  return digits === undefined ? null : Buffer.from(digits.replace(/[:\s-]/g, ""), "hex");
}

/** The values as texts. A truncated value is used as far as it goes. */
function subOptions(bytes: Uint8Array): readonly string[] {
  const values: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const code = bytes[at] ?? END;
    if (code === END) break;
    if (code === PAD) {
      at += 1;
      continue;
    }
    const length = bytes[at + 1] ?? 0;
    const value = bytes.subarray(at + 2, at + 2 + length);
    if (value.length < length) break;
    values.push(Buffer.from(value).toString("latin1").replace(/\0+$/, "").trim());
    at += 2 + length;
  }
  return values;
}

function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[\x21-\x7e]+$/i.test(text);
}
