import type { LocalControl } from "../agent/local/local-control.ts";
import { JSON_TYPE, type Route, route } from "./route.ts";
import { CALL, CALLING, NOTHING } from "./schemas.ts";

/** Calls of a phone that can be made to call. */
export function callRoutes(local: Pick<LocalControl, "call" | "hangUp">): readonly Route[] {
  const answer = (description: string) => ({ status: 202, type: JSON_TYPE, schema: CALLING, description }) as const;
  return [
    route({
      method: "post",
      path: "/call",
      id: "call",
      summary: "Make the phone call a number, as its user does",
      json: CALL,
      answer: answer("The phone dials: nobody has answered yet"),
      problems: ["REFUSED"],
      handle: async ({ body: { account, number } }) => {
        await local.call(account, number);
        return { calling: true };
      },
    }),
    route({
      method: "post",
      path: "/hang-up",
      id: "hangUp",
      summary: "End the phone's calls, those that ring as well",
      json: NOTHING,
      answer: answer("The calls end"),
      problems: ["REFUSED"],
      handle: async () => {
        await local.hangUp();
        return { calling: false };
      },
    }),
  ];
}
