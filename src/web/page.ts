import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

/** Text that is safe in a page. Comes from the `html` tag alone, which escapes what is put into it. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The pages of the navigation, in its order. */
export const PHONE_NAVIGATION = [
  { id: "status", href: "/status", label: "Status" },
  { id: "sessions", href: "/sessions", label: "Sessions" },
  { id: "transfers", href: "/transfers", label: "Transfers" },
  { id: "parameters", href: "/parameters", label: "Parameters" },
  { id: "settings", href: "/settings/tr069", label: "Settings > TR069" },
  { id: "actions", href: "/actions", label: "Actions" },
] as const;

export interface NavigationEntry {
  readonly id: string;
  readonly href: string;
  readonly label: string;
}

export interface Page {
  readonly title: string;
  /** Which entry of the navigation the page belongs to; null: none. */
  readonly active: string | null;
  readonly body: Html;
  /** Path of a script that makes the page livelier; everything works without it. */
  readonly script?: string;
  /** Of a phone unless given. */
  readonly navigation?: readonly NavigationEntry[];
}

/** A whole page: navigation, title, body. */
export function renderPage({ title, active, body, script, navigation = PHONE_NAVIGATION }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - akuvox-cpe</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css">
${script === undefined ? "" : html`<script src="${script}" defer></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<nav aria-label="Pages">${navigation.map((entry) => link(entry, active))}</nav>
</header>
<main id="main">
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}

/** A form field that every form which posts must hold: without it the post is refused. */
export function tokenField(formToken: string): Html {
  return html`<input type="hidden" name="formToken" value="${formToken}">`;
}

function link({ id, href, label }: NavigationEntry, active: Page["active"]): Html {
  return id === active
    ? html`<a href="${href}" aria-current="page">${label}</a> `
    : html`<a href="${href}">${label}</a> `;
}
