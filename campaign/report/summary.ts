import type { TrialResult } from "../parts/part.ts";

export interface PartSummary {
  trials: number;
  /** Trials that were planned and not begun: the time was up. */
  left: number;
  /** Kills, faults, images, connections. */
  inputs: number;
  readonly counts: Record<string, number>;
  findings: number;
}

export interface Finding {
  /** `part:id`, for --only. */
  readonly trial: string;
  readonly messages: readonly string[];
  readonly folder: string;
}

/** The result of a campaign. */
export class Summary {
  readonly parts: Record<string, PartSummary> = {};
  readonly findings: Finding[] = [];

  add(part: string, id: string, { inputs, counts, findings, folder }: TrialResult): void {
    const sum = this.#part(part);
    sum.trials += 1;
    sum.inputs += inputs;
    for (const [name, count] of Object.entries(counts)) sum.counts[name] = (sum.counts[name] ?? 0) + count;
    if (findings.length === 0) return;
    sum.findings += 1;
    this.findings.push({ trial: `${part}:${id}`, messages: findings, folder });
  }

  leftOut(part: string, trials: number): void {
    this.#part(part).left += trials;
  }

  /** One line for each part. */
  lines(): readonly string[] {
    return Object.entries(this.parts).map(([name, { trials, left, inputs, counts, findings }]) => {
      const told = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
      const rest = left > 0 ? `, ${left} trials not begun` : "";
      return `${name}: ${inputs} inputs in ${trials} trials${rest}; ${told.join(", ")}; findings: ${findings}`;
    });
  }

  #part(name: string): PartSummary {
    this.parts[name] ??= { trials: 0, left: 0, inputs: 0, counts: {}, findings: 0 };
    return this.parts[name];
  }
}
