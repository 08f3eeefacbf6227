import { request } from "node:http";
import { LOGIN } from "./web-login.ts";

export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Browse {
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  /** Null: none. */
  readonly login?: string | null;
}

const BASIC = `Basic ${Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString("base64")}`;

/** Asks for a page with the log-in of `LOGIN`, or sends a form. */
export function browse(url: string, path: string, { headers = {}, form, login = BASIC }: Browse = {}): Promise<Page> {
  return new Promise((resolve, reject) => {
    const type = { "Content-Type": "application/x-www-form-urlencoded" };
    const authorization: Record<string, string> = login === null ? {} : { Authorization: login };
    const asked = request(
      new URL(url).origin,
      {
        path,
        method: form === undefined ? "GET" : "POST",
        headers: { ...authorization, ...(form === undefined ? {} : type), ...headers },
      },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      },
    );
    asked.on("error", reject);
    asked.end(form === undefined ? undefined : new URLSearchParams(form).toString());
  });
}
