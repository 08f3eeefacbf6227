import { JSON_TYPE, type Route, route } from "../route.ts";
import type { FleetControl, PhoneSelection } from "./fleet-control.ts";
import {
  ADD,
  ADDED,
  FLEET_OVERVIEW,
  LISTED_PHONE,
  PHONE_PATH,
  PHONES,
  PHONES_QUERY,
  REBOOT,
  SCENARIO,
  SCENARIO_CHANGE,
  SCENARIO_PATH,
  SELECTED,
  SELECTION,
  selectionOf,
} from "./fleet-schemas.ts";

/** Every operation of a fleet. What is done to one of its phones is below `/phones/{phone}/`, as that of a single phone. */
export function fleetRoutes(fleet: FleetControl): readonly Route[] {
  const routes = [lookRoutes(fleet), addRoute(fleet), selectionRoutes(fleet), rebootRoute(fleet), scenarioRoute(fleet)];
  return routes.flat().map((one) => ({ ...one, problems: [...one.problems, "WORKER_DOWN"] }));
}

function lookRoutes(fleet: FleetControl): readonly Route[] {
  return [
    route({
      method: "get",
      path: "/fleet",
      id: "getFleet",
      summary: "The fleet at a glance",
      answer: { status: 200, type: JSON_TYPE, schema: FLEET_OVERVIEW, description: "How it is" },
      handle: () => fleet.overview(),
    }),
    route({
      method: "get",
      path: "/phones",
      id: "getPhones",
      summary: "Its phones, page by page",
      query: PHONES_QUERY,
      answer: { status: 200, type: JSON_TYPE, schema: PHONES, description: "A page of those that fit" },
      problems: ["NOT_FOUND"],
      handle: async ({ query: { group = null, state = null, ...rest } }) => fleet.list({ group, state, ...rest }),
    }),
    route({
      method: "get",
      path: "/phones/{phone}",
      id: "getPhone",
      summary: "One of them, as in the list",
      params: PHONE_PATH,
      answer: { status: 200, type: JSON_TYPE, schema: LISTED_PHONE, description: "How it is" },
      problems: ["NOT_FOUND"],
      handle: ({ params }) => fleet.phone(params.phone),
    }),
  ];
}

function addRoute(fleet: FleetControl): Route {
  return route({
    method: "post",
    path: "/add",
    id: "addPhones",
    summary: "More phones of a group, until the fleet ends: they get numbers that no other phone has",
    json: ADD,
    answer: { status: 202, type: JSON_TYPE, schema: ADDED, description: "They are started at the rate of the ramp" },
    problems: ["NOT_FOUND", "REFUSED"],
    handle: async ({ body: { group, count } }) => ({ phones: await fleet.add(group, count) }),
  });
}

interface Operation {
  readonly id: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly run: (selection: PhoneSelection) => Promise<number>;
}

function selectionRoutes(fleet: FleetControl): readonly Route[] {
  const operations: readonly Operation[] = [
    {
      id: "removePhones",
      path: "/remove",
      summary: "End their sessions cleanly and forget them, until the fleet ends",
      description: "They are gone",
      run: (selection) => fleet.remove(selection),
    },
    {
      id: "pausePhones",
      path: "/pause",
      summary: "Have them begin no session: what they want to tell the ACS waits",
      description: "A session under way goes on to its end",
      run: (selection) => fleet.pause(selection),
    },
    {
      id: "resumePhones",
      path: "/resume",
      summary: "Have phones that were paused begin sessions again",
      description: "Those that waited begin at once, as far as the fleet allows",
      run: (selection) => fleet.resume(selection),
    },
  ];
  return operations.map(({ id, path, summary, description, run }) =>
    route({
      ...{ method: "post", path, id, summary, json: SELECTION },
      answer: { status: 200, type: JSON_TYPE, schema: SELECTED, description },
      problems: ["NOT_FOUND"],
      handle: async ({ body }) => ({ phones: await run(selectionOf(body)) }),
    }),
  );
}

function rebootRoute(fleet: FleetControl): Route {
  return route({
    method: "post",
    path: "/reboot",
    id: "rebootPhones",
    summary: "Restart phones, or a share of them, within a while",
    json: REBOOT,
    answer: { status: 202, type: JSON_TYPE, schema: SELECTED, description: "It begins" },
    problems: ["NOT_FOUND"],
    handle: async ({ body: { overSeconds, ...which } }) => ({
      phones: await fleet.reboot(selectionOf(which), overSeconds),
    }),
  });
}

function scenarioRoute(fleet: FleetControl): Route {
  return route({
    method: "patch",
    path: "/scenarios/{number}",
    id: "changeScenario",
    summary: "Change how fast the time of a scenario passes",
    params: SCENARIO_PATH,
    json: SCENARIO_CHANGE,
    answer: { status: 200, type: JSON_TYPE, schema: SCENARIO, description: "From now on" },
    problems: ["NOT_FOUND"],
    handle: ({ params, body }) => fleet.setScenarioRate(Number(params.number), body.rate),
  });
}
