import { readFileSync } from "node:fs";

export interface DashboardPanel {
  readonly type: "row" | "stat" | "timeseries";
  readonly title: string;
  readonly unit: string;
  /** In the 24 columns of Grafana. */
  readonly place: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly queries: readonly { readonly expression: string; readonly legend: string }[];
}

interface GrafanaPanel {
  readonly type: DashboardPanel["type"];
  readonly title: string;
  readonly gridPos: DashboardPanel["place"];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat?: string }[];
}

const FILE = new URL("../../deploy/grafana/akuvox-cpe.json", import.meta.url);

/** The panels of deploy/grafana/akuvox-cpe.json, in its order; its variables stand for every phone and for some seconds. */
export function dashboardPanels(): readonly DashboardPanel[] {
  const { panels } = JSON.parse(readFileSync(FILE, "utf8")) as { readonly panels: readonly GrafanaPanel[] };
  return panels.map(({ type, title, gridPos, fieldConfig, targets = [] }) => ({
    ...{ type, title, place: gridPos, unit: fieldConfig?.defaults.unit ?? "" },
    queries: targets.map(({ expr, legendFormat = "" }) => ({
      expression: expr.replaceAll("$instance", ".*").replaceAll("$__rate_interval", "10s"),
      legend: legendFormat,
    })),
  }));
}

/** `{{method}} {{code}}` with the labels of a series. */
export function legendOf(legend: string, labels: Readonly<Record<string, string>>): string {
  return legend.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => labels[name] ?? "");
}
