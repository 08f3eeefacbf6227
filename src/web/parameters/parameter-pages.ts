import { type Context, Hono } from "hono";
import type { LocalControl, ParameterView } from "../../agent/local/local-control.ts";
import { CwmpFault } from "../../cwmp/errors.ts";
import { MASK, maskUrls } from "../../cwmp/mask.ts";
import type { Applied } from "../../ports/backend.ts";
import { createModelDefs, type ModelDefs } from "../model-defs.ts";
import type { PageModule, WebEnv } from "../parts.ts";
import { answerNotFound, faultWords, refuse } from "../refusals.ts";
import { browse, search } from "./browse.ts";
import { type EditView, renderEdit } from "./edit-page.ts";
import { renderList } from "./list-page.ts";
import { editAddress } from "./words.ts";

const ROOT = "Device.";
const EDIT = "/parameters/edit";
/** Longer than any path, and than any search that is meant. */
const MAX_TEXT = 300;

/** The tree: looked at, searched, and changed where a person may. */
export const parameterPages: PageModule = ({ local, model, log }) => {
  const defs = createModelDefs(model);
  const app = new Hono<WebEnv>();

  app.get("/parameters", async (c) => {
    const path = textOf(c, "path") || ROOT;
    const query = textOf(c, "q").trim();
    const found = isObject(path) ? await parametersAt(local, path) : [];
    if (found.length === 0) return answerNotFound(c);
    const page = Number.parseInt(textOf(c, "page"), 10) || 1;
    const view = query === "" ? browse(found, path, page) : search(found, query, page);
    const values = await shownValues(view.parameters, local);
    return c.html(renderList({ ...view, path, query, values }));
  });

  app.get(EDIT, async (c) => {
    const view = await openEdit(c, local, defs);
    return view === null ? answerNotFound(c) : c.html(renderEdit({ ...view, saved: savedOf(c) }));
  });

  app.post(EDIT, async (c) => {
    const view = await openEdit(c, local, defs);
    if (view === null) return answerNotFound(c);
    const { path, writable, hidden } = view.parameter;
    if (!writable) return refuse(c, 403, "Read-only", `${path} cannot be changed.`);
    const given = sameLineEnds(view.value, (await c.req.parseBody()).value);
    const to = (saved: string) => c.redirect(`${editAddress(path)}&saved=${saved}`, 303);
    if (given === view.value || (hidden && given === MASK)) return to("unchanged");
    const result = given.includes(MASK) ? MASK_FAULT : await setValue(local, path, given);
    if ("saved" in result) {
      log.info({ path }, "A parameter was changed at the web page");
      return to(result.saved);
    }
    return c.html(renderEdit({ ...view, value: hidden ? view.value : maskUrls(given), fault: result.fault }), 422);
  });

  return app;
};

function textOf(c: Context, name: string): string {
  return (c.req.query(name) ?? "").slice(0, MAX_TEXT);
}

/** A partial path; an empty one is the whole tree. */
function isObject(path: string): boolean {
  return path === "" || path.endsWith(".");
}

async function openEdit(c: Context<WebEnv>, local: LocalControl, defs: ModelDefs): Promise<EditView | null> {
  const path = textOf(c, "path");
  const parameter = isObject(path) ? undefined : (await parametersAt(local, path))[0];
  if (parameter === undefined) return null;
  const value = (await shownValues([parameter], local)).get(path) ?? "";
  const { formToken } = c.var;
  return { parameter, def: defs.byPath(path), value, fault: null, saved: null, formToken };
}

async function parametersAt(local: LocalControl, path: string): Promise<readonly ParameterView[]> {
  try {
    return await local.parameters(path);
  } catch (error) {
    if (error instanceof CwmpFault) return [];
    throw error;
  }
}

/** A form sends every line end as two characters. */
function sameLineEnds(before: string, given: unknown): string {
  const text = typeof given === "string" ? given : before;
  return before.includes("\r\n") ? text : text.replaceAll("\r\n", "\n");
}

const MASK_FAULT = { fault: `must be typed again: ${MASK} stands for the secret that is set.` };

async function setValue(
  local: LocalControl,
  path: string,
  value: string,
): Promise<{ readonly saved: Applied } | { readonly fault: string }> {
  try {
    return { saved: await local.setValues(new Map([[path, value]])) };
  } catch (error) {
    if (!(error instanceof CwmpFault)) throw error;
    const own = error.parameterFaults.find(({ parameterName }) => parameterName === path);
    return { fault: own === undefined ? `is refused: ${error.message}.` : faultWords(own) };
  }
}

function savedOf(c: Context): EditView["saved"] {
  const saved = c.req.query("saved");
  return saved === "applied" || saved === "needs-reboot" || saved === "unchanged" ? saved : null;
}

/** Values as a page may show them, by path: a secret as eight asterisks, or empty when it is known not to be set. */
async function shownValues(
  parameters: readonly ParameterView[],
  local: LocalControl,
): Promise<ReadonlyMap<string, string>> {
  const secretKeys = parameters.flatMap(({ hidden, keys }) => (hidden ? keys : []));
  const secrets = secretKeys.length === 0 ? new Map<string, string>() : await local.readSettings(secretKeys);
  const shown = ({ hidden, keys, value }: ParameterView): string => {
    if (!hidden) return maskUrls(value);
    const known = keys.length > 0;
    return known && keys.every((key) => (secrets.get(key) ?? "").trim() === "") ? "" : MASK;
  };
  return new Map(parameters.map((parameter) => [parameter.path, shown(parameter)]));
}
