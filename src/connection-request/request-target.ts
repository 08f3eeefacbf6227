/** The path and query of a request target; a proxy may have sent it with `http://host:port` before (RFC 9112 3.2.2). */
export function originForm(target: string): string {
  return target.replace(/^http:\/\/[^/?]*/i, "");
}

/** Path and query of a URL as an HTTP client sends them; empty for a text that is none. */
export function targetOf(url: string): string {
  if (!URL.canParse(url)) return "";
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}

/** The path without its leading slash and without the query. */
export function tokenOf(target: string): string {
  const path = originForm(target).replace(/[?#].*$/s, "");
  return path.startsWith("/") ? path.slice(1) : path;
}
