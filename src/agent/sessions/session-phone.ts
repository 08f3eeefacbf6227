import type { ParameterAttributesStore } from "../../parameters/attributes.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { LifecycleCell } from "../core/lifecycle.ts";
import type { EventQueue } from "../events/event-queue.ts";
import type { ValueChanges } from "../informs/value-changes.ts";
import type { AcsKnowledgeStore } from "./acs-knowledge.ts";
import type { VersionChoice } from "./version-choice.ts";

/** What of the phone a session looks at and changes. */
export interface SessionPhone {
  readonly tree: ParameterTree;
  readonly attributes: ParameterAttributesStore;
  readonly events: EventQueue;
  readonly changes: ValueChanges;
  readonly lifecycle: LifecycleCell;
  readonly acs: AcsKnowledgeStore;
  readonly versions: VersionChoice;
}
