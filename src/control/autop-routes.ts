import type { Agent } from "../agent/agent.ts";
import { ApiError } from "./problem.ts";
import { JSON_TYPE, type Route, route } from "./route.ts";
import { AUTOP_APPLIED, AUTOP_QUERY, EXPORT_QUERY, FILE_TEXT } from "./schemas.ts";

/** The phone's settings as a configuration file. @param passwords whether it may be had with passwords here */
export function autopRoutes({ local }: Agent, passwords: boolean): readonly Route[] {
  return [
    route({
      method: "post",
      path: "/autop",
      id: "applyAutop",
      summary: "Apply a configuration file, as a change at the phone: all of it, or nothing",
      query: AUTOP_QUERY,
      file: true,
      answer: { status: 200, type: JSON_TYPE, schema: AUTOP_APPLIED, description: "It is applied, durably" },
      problems: ["FAULT", "REFUSED"],
      handle: async ({ file, query }) => local.applyAutop(file, query.name, query.lenient === "true"),
    }),
    route({
      method: "get",
      path: "/autop",
      id: "exportAutop",
      summary: "All settings of the phone as a configuration file, without passwords unless they are asked for",
      query: EXPORT_QUERY,
      answer: { status: 200, type: "text/plain", schema: FILE_TEXT, description: "Config.<File>.<SECTION>.<Item> = …" },
      problems: ["FORBIDDEN"],
      handle: async ({ query }) => {
        const asked = query.passwords === "true";
        if (asked && !passwords) {
          throw new ApiError(
            "FORBIDDEN",
            "passwords leave the phone over the control socket only: akuvox-cpe autop export --passwords",
          );
        }
        return local.exportAutop({ passwords: asked });
      },
    }),
  ];
}
