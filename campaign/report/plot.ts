export interface Series {
  readonly name: string;
  /** Where the curve is drawn with. */
  readonly color: string;
  readonly values: readonly number[];
}

const WIDTH = 760;
const HEIGHT = 300;
const [LEFT, RIGHT, TOP, BOTTOM] = [60, 20, 30, 45];
const STEPS = 5;

/** Curves over one axis of sessions, from 0 up, as an SVG without scripts or fonts of its own. */
export function plot(title: string, unit: string, sessions: readonly number[], series: readonly Series[]): string {
  const highest = roundUp(Math.max(1, ...series.flatMap(({ values }) => values)));
  const last = sessions.at(-1) ?? 1;
  const x = (at: number): number => round(LEFT + (at / last) * (WIDTH - LEFT - RIGHT));
  const y = (value: number): number => round(HEIGHT - BOTTOM - (value / highest) * (HEIGHT - TOP - BOTTOM));
  const steps = Array.from({ length: STEPS + 1 }, (_, at) => at / STEPS);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<text x="${LEFT}" y="18" font-weight="bold">${title}</text>`,
    ...steps.flatMap((step) => [
      `<path d="M${LEFT} ${y(step * highest)}H${WIDTH - RIGHT}" stroke="#ddd"/>`,
      `<text x="${LEFT - 6}" y="${y(step * highest) + 4}" text-anchor="end">${round(step * highest)}</text>`,
      `<text x="${x(step * last)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${Math.round(step * last)}</text>`,
    ]),
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 8}" text-anchor="end">sessions</text>`,
    `<text x="${LEFT - 6}" y="${TOP - 12}" text-anchor="end">${unit}</text>`,
    ...series.flatMap(({ name, color, values }, at) => [
      `<path fill="none" stroke="${color}" stroke-width="1.5" d="${curve(values, sessions, x, y)}"/>`,
      `<text x="${LEFT + 8 + at * 120}" y="${HEIGHT - 8}" fill="${color}">${name}</text>`,
    ]),
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

function curve(
  values: readonly number[],
  sessions: readonly number[],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  return values.map((value, at) => `${at === 0 ? "M" : "L"}${x(sessions[at] ?? 0)} ${y(value)}`).join("");
}

function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return Math.ceil(value / power) * power;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
