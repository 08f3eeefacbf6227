import { messageOf } from "../../cwmp/errors.ts";
import type { Backend, BackendFiles, StagedChange } from "../../ports/backend.ts";
import { appliedOf, booleanOf, bytesOf, changesOf, isObject, kindOf, Nonsense, placeOf, valuesOf } from "./answers.ts";

const METHODS = ["supports", "start", "stop", "read", "stage", "locate", "reboot", "factoryReset"] as const;

/** What an object lacks to be a backend; empty if it is one. */
export function backendProblems(candidate: unknown): readonly string[] {
  if (!isObject(candidate)) return [`createBackend must answer a backend or { hardware }, not ${kindOf(candidate)}`];
  const missing = METHODS.filter((method) => typeof candidate[method] !== "function");
  return [
    ...(missing.length === 0 ? [] : [`the backend lacks ${missing.join(", ")}`]),
    ...fileProblems(candidate.files),
    ...optionalFunctions("the backend's", candidate, ["reached"]),
  ];
}

export function fileProblems(files: unknown): readonly string[] {
  if (files === undefined) return [];
  if (!isObject(files)) return [`files must be an object, not ${kindOf(files)}`];
  const lists = ["installs", "produces"].filter((name) => !isTexts(files[name]));
  const functions = ["install", "produce"].filter((name) => typeof files[name] !== "function");
  return [
    ...lists.map((name) => `files.${name} must be a list of file types`),
    ...functions.map((name) => `files.${name} must be a function`),
    ...optionalFunctions("files'", files, ["verify"]),
  ];
}

export function optionalFunctions(
  whose: string,
  candidate: Readonly<Record<string, unknown>>,
  names: readonly string[],
): readonly string[] {
  const wrong = names.filter((name) => candidate[name] !== undefined && typeof candidate[name] !== "function");
  return wrong.map((name) => `${whose} ${name} must be a function, not ${kindOf(candidate[name])}`);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/**
 * A backend whose answers are checked: an answer of the wrong shape becomes an error, a report of the wrong shape
 * goes to `onInvalidReport` and is dropped. Errors that it throws pass unchanged.
 */
export function checkedBackend(backend: Backend, onInvalidReport: (reason: string) => void): Backend {
  return {
    name: backend.name,
    ...(backend.files === undefined ? {} : { files: checkedFiles(backend.files) }),
    ...(backend.reached === undefined ? {} : { reached: () => backend.reached?.() }),
    supports: (key) => booleanOf(backend.supports(key)),
    locate: (key) => placeOf(backend.locate(key)),
    async start(onChange) {
      await backend.start((report) => {
        const changes = attempt(() => changesOf(report), onInvalidReport);
        if (changes !== null && changes.length > 0) onChange(changes);
      });
    },
    stop: async () => void (await backend.stop()),
    read: async (keys) => valuesOf(await backend.read(keys), keys),
    stage: async (changes) => checkedStaged(await backend.stage(changes)),
    reboot: async (commandKey) => void (await backend.reboot(commandKey)),
    factoryReset: async () => void (await backend.factoryReset()),
  };
}

function checkedFiles(files: BackendFiles): BackendFiles {
  return {
    installs: files.installs,
    produces: files.produces,
    install: async (fileType, path) => appliedOf(await files.install(fileType, path)),
    ...(files.verify === undefined
      ? {}
      : { verify: async (fileType: string) => void (await files.verify?.(fileType)) }),
    produce: async (fileType) => bytesOf(await files.produce(fileType)),
  };
}

function checkedStaged(staged: unknown): StagedChange {
  const isStaged = isObject(staged) && typeof staged.apply === "function" && typeof staged.discard === "function";
  if (!isStaged) throw new Nonsense("{ apply, discard }", staged);
  const { apply, discard } = staged as unknown as StagedChange;
  return {
    apply: async () => appliedOf(await apply.call(staged)),
    discard: async () => void (await discard.call(staged)),
  };
}

function attempt<T>(run: () => T, onError: (reason: string) => void): T | null {
  try {
    return run();
  } catch (error) {
    onError(messageOf(error));
    return null;
  }
}
