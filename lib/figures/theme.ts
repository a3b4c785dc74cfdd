/**
 * The house style: white paper, thin grey grid, DejaVu Sans, colours that stay apart under red-green colour blindness
 * (tests/figures/theme_test.ts simulates both kinds).
 */

/** Steel blue: rules, what is certain, 2048. */
export const RULE = "#4682b4";
/** Coral: chance, what is not certain, Othello. */
export const CHANCE = "#ff7f50";
/** Dark text and lines. */
export const INK = "#2b2b2b";
/** Secondary text. */
export const SOFT_INK = "#6b6b6b";
/** Cells without a value. */
export const MISSING = "#d4d4d4";
/** Marks a threshold. */
export const THRESHOLD = "#b3202c";

/** Colours of categories, in the order in which charts take them. */
export const CATEGORY_COLOURS: readonly string[] = [
  RULE,
  CHANCE,
  "#16365c", // navy
  "#d9a404", // gold
  "#8b1e3f", // wine
  "#8a8a8a", // grey
  "#a8ddb5", // mint
  "#8fd3f4", // sky
];

/** Viewers without DejaVu Sans take Verdana, whose letters have nearly the same widths. */
export const FONT = "DejaVu Sans, Verdana, Bitstream Vera Sans, sans-serif";

/** Colours for `count` categories: the house colours, then evenly spaced hues of alternating lightness. */
export function categoryColours(count: number): string[] {
  const colours = CATEGORY_COLOURS.slice(0, count);
  const extra = count - colours.length;
  for (let i = 0; i < extra; i++) {
    colours.push(`hsl(${Math.round((360 * i) / extra + 12) % 360},${i % 2 ? 45 : 65}%,${i % 2 ? 68 : 40}%)`);
  }
  return colours;
}

const axis = {
  labelFont: FONT,
  titleFont: FONT,
  labelFontSize: 11,
  titleFontSize: 12,
  titleFontWeight: "normal",
  labelColor: INK,
  titleColor: INK,
  domainColor: "#888888",
  tickColor: "#888888",
  tickSize: 4,
  labelPadding: 4,
  titlePadding: 8,
  gridColor: "#e9e9e9",
  labelFlush: false,
};

/** The `config` of every stored specification. */
export const THEME = {
  background: "white",
  padding: 12,
  font: FONT,
  // One description for the whole picture (see renderSvg) instead of one for each of a thousand cells.
  mark: { aria: false },
  view: { stroke: null },
  title: {
    font: FONT,
    fontSize: 14,
    fontWeight: "bold",
    color: INK,
    anchor: "start",
    frame: "group",
    offset: 12,
    subtitleFont: FONT,
    subtitleFontSize: 11.5,
    subtitleColor: SOFT_INK,
    subtitlePadding: 5,
  },
  axis,
  axisX: { grid: false },
  legend: {
    labelFont: FONT,
    titleFont: FONT,
    labelFontSize: 11,
    titleFontSize: 11.5,
    titleFontWeight: "normal",
    labelColor: INK,
    titleColor: INK,
    labelLimit: 260,
    titleLimit: 260,
    symbolSize: 90,
  },
  range: { category: CATEGORY_COLOURS },
  line: { strokeWidth: 2, strokeJoin: "round", strokeCap: "round" },
  text: { font: FONT, fontSize: 11, color: INK },
  concat: { spacing: 32 },
} as const;
