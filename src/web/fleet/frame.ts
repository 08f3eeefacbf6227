import { html } from "hono/html";
import { type Html, type NavigationEntry, type Page, renderPage } from "../page.ts";

export const FLEET_NAVIGATION: readonly NavigationEntry[] = [
  { id: "fleet", href: "/fleet", label: "Fleet" },
  { id: "phones", href: "/phones", label: "Phones" },
  { id: "operations", href: "/operations", label: "Operations" },
];

export function renderFleetPage(page: Omit<Page, "navigation">): Html {
  return renderPage({ ...page, navigation: FLEET_NAVIGATION });
}

/** Stands above each page of a phone: whose it is, and the way back. */
export function abovePhone(name: string): Html {
  return html`<p class="above"><a href="/fleet">Fleet</a> › <a href="/phones">Phones</a> › <span class="path">${name}</span></p>`;
}

/** `0:07`, `1:02:03`. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

export function countText(count: number): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: 1 });
}
