import { type Context, Hono } from "hono";
import { html } from "hono/html";
import type { AutopResult } from "../../agent/configuration/apply-configuration.ts";
import { plainText } from "../ladder/lines.ts";
import { type Html, renderPage } from "../page.ts";
import type { PageModule, WebEnv } from "../parts.ts";
import { refusalOf } from "../refusals.ts";
import { autopSection } from "./actions-view.ts";
import { EXPORT_PATH, UPLOAD_PATH } from "./addresses.ts";

const MAX_NAME = 255;

/** The phone's settings as a configuration file: in, all of it or nothing, and out, without passwords. */
export const uploadPages: PageModule = ({ local, log }) => {
  const app = new Hono<WebEnv>();

  app.post(UPLOAD_PATH, async (c) => {
    const { file, lenient } = await c.req.parseBody();
    if (!(file instanceof File) || file.size === 0) return answer(c, 400, fault("No file was chosen."));
    const name = plainText(file.name).slice(0, MAX_NAME) || "autop.cfg";
    try {
      const result = await local.applyAutop(new Uint8Array(await file.arrayBuffer()), name, lenient === "true");
      log.info({ file: name, changed: result.changed.length }, "A configuration file was uploaded at the web page");
      return answer(c, 200, resultOf(name, result));
    } catch (error) {
      const { status, message } = refusalOf(error);
      return answer(c, status, fault(`Nothing was changed. ${message}`));
    }
  });

  app.get(EXPORT_PATH, async (c) => {
    const { serialNumber } = (await local.status()).identity;
    const text = await local.exportAutop({ passwords: false });
    return c.body(text, 200, {
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Disposition": `attachment; filename="${serialNumber.replace(/[^\w.-]/g, "_") || "phone"}.cfg"`,
    });
  });

  return app;
};

function answer(c: Context<WebEnv>, status: 200 | 400 | ReturnType<typeof refusalOf>["status"], note: Html) {
  const body = html`${note}${autopSection(c.var.formToken)}`;
  return c.html(renderPage({ title: "AutoP", active: "actions", body }), status);
}

function fault(text: string): Html {
  return html`<p class="note bad" role="alert">${text}</p>`;
}

/** Names of settings only: a file holds passwords. */
function resultOf(name: string, { settings, changed, applied, unknown, refused, warnings }: AutopResult): Html {
  const when = applied === "applied" ? "" : " Some take effect when the phone restarts.";
  return html`<p class="note good" role="status">${name}: ${settings} settings, ${changed.length} changed.${when}</p>
${listOf("Warnings", warnings)}${listOf("Lines left out", refused)}${listOf("Changed", changed)}${listOf("Unknown here, kept for the firmware", unknown)}`;
}

function listOf(title: string, lines: readonly string[]): Html | "" {
  if (lines.length === 0) return "";
  return html`<h2>${title}</h2><ul class="path">${lines.map((line) => html`<li>${line}</li>\n`)}</ul>`;
}
