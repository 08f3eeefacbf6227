import type { FileServer } from "../../ports/file-transfer.ts";

/** The server of a URL that may hold user name and password, which are taken out of it. */
export function fileServerOf(from: URL, path: string = from.pathname): FileServer {
  const url = new URL(from);
  const [username, password] = [decoded(url.username), decoded(url.password)];
  url.username = "";
  url.password = "";
  url.hash = "";
  url.pathname = path;
  return { url: url.href, username, password };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
