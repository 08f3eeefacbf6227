/** The path and query of a request target; a proxy may have sent it with `http://host:port` before (RFC 9112 3.2.2). */
export function originForm(target: string): string {
  return target.replace(/^http:\/\/[^/?]*/i, "");
}

/** The path without its leading slash and without the query. */
export function tokenOf(target: string): string {
  const path = originForm(target).replace(/[?#].*$/s, "");
  return path.startsWith("/") ? path.slice(1) : path;
}
