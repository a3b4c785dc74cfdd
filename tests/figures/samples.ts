/** One small chart of each kind, with fixed data: what the tests draw, compare with stored specifications, and count marks in. */
import {
  bars,
  below,
  beside,
  type Chart,
  circleGraph,
  curves,
  gallery,
  greyPicture,
  heatMap,
  histogram,
  histograms,
  pie,
  scatter,
  seedBand,
  strip,
  WHITE_TO_BLUE,
} from "../../lib/figures/mod.ts";

const rule = [0, 0.02, 0.03, 0.05, 0.05, 0.12, 0.2];
const chance = [0.7, 0.8, 0.8, 0.85, 0.9];
const steps = [1, 10, 100];
const tile = (grey: number) => greyPicture([0, 0, 0, 0, grey, 0, 0, 0, 0], 3, 3);

/** A chart, the marks of its SVG (kind and number, group after group), and texts that the SVG must hold. */
export interface Sample {
  readonly chart: Chart;
  readonly marks: string;
  readonly holds: readonly string[];
}

export const SAMPLES: Readonly<Record<string, Sample>> = {
  histogram: {
    chart: histogram({
      values: [...rule, ...chance],
      bins: 9,
      x: "Entropy (bits)",
      title: "All",
      thresholds: [{ at: 0.1, label: "0.1 bit" }],
    }),
    // Bins of a tenth: five of the nine hold a value.
    marks: "rect:5 rule:1 text:1 text:1",
    holds: [">0.1 bit<", ">All<", 'fill="#4682b4"'],
  },
  histogram_split: {
    chart: histogram({
      values: { rule, chance },
      bins: 3,
      measure: "share",
      yScale: "sqrt",
      colours: ["#4682b4", "#ff7f50"],
    }),
    marks: "rect:2",
    holds: [">chance<", 'fill="#ff7f50"'],
  },
  histograms: {
    chart: histograms([{ values: rule, bins: 2, title: "2048" }, { values: chance, bins: 2, title: "Othello" }], {
      title: "Rules and chance",
    }),
    marks: "rect:2 rect:2",
    holds: [">Othello<", ">Rules and chance<"],
  },
  pie: {
    chart: beside([
      pie({
        parts: [{ label: "Rules", count: 1439, colour: "#4682b4" }, { label: "Chance", count: 719, colour: "#ff7f50" }],
      }),
    ]),
    marks: "arc:2 text:1 text:1",
    holds: [">1,439 (66.7 %)<", ">719 (33.3 %)<"],
  },
  pie_many: {
    chart: pie({ parts: [5, 0, 5, 5, 5].map((count, i) => ({ label: `part ${i}`, count })) }),
    marks: "arc:4 text:2 text:2",
    holds: [">part 0<", ">part 4<"],
  },
  pie_empty: {
    chart: pie({ parts: [{ label: "Rules", count: 0 }] }),
    marks: "text:1",
    holds: [">no entries<"],
  },
  bars: {
    chart: bars({
      bars: [
        { label: "2048", group: "published", value: 1, spread: [0.9, 1.1] },
        { label: "2048", group: "corrected", value: 5.29, spread: [4.8, 5.6] },
        { label: "Othello", group: "published", value: 1 },
        { label: "Othello", group: "corrected", value: 5.87 },
      ],
      format: ".2f",
      y: "Chance / rule",
      thresholds: [{ at: 3, label: "target" }],
    }),
    marks: "rect:4 rule:2 text:4 rule:1 text:1",
    holds: [">5.29<", ">target<", ">corrected<"],
  },
  curves: {
    chart: curves({
      series: [
        { label: "rule", x: steps, ...seedBand([[1, 0.5, 0.1], [1.2, 0.6, 0.2]]) },
        { label: "chance", x: steps, y: [1, NaN, 0.8], dashed: true },
      ],
      x: "Step",
      y: "Entropy (bits)",
      thresholds: [{ at: 0.845, label: "true" }],
    }),
    // The gap splits the second line.
    marks: "area:1 line:1 line:1 line:1 rule:1 text:1 text:1",
    holds: [">chance<", 'stroke-dasharray="5,4"'],
  },
  curves_log: {
    chart: curves({ series: [{ label: "loss", x: steps, y: [1, 0.01, 0] }], logX: true, logY: true, dots: true }),
    marks: "line:1 symbol:2",
    holds: [">1 value ≤ 0 cannot be shown on a logarithmic axis<"],
  },
  scatter: {
    chart: scatter({
      x: [1, 2, 3],
      y: [2, 1, 3],
      groups: [0, 1, 0],
      groupTitle: "Code",
      bare: true,
      xTitle: "t-SNE 1",
    }),
    marks: "symbol:3",
    holds: [">Code<", ">t-SNE 1<"],
  },
  scatter_diagonal: {
    chart: scatter({ x: [0, 1], y: [0, 0.9], diagonal: true }),
    marks: "line:1 symbol:2",
    holds: [],
  },
  heat_map: {
    chart: heatMap({
      rows: [3, 7],
      columns: ["left", "up", "right"],
      values: [[0, 1, null], [2, NaN, 3]],
      valueTitle: "Entropy (bits)",
      title: "2048",
    }),
    // Six cells, four with a value; 3 is outside the scale and takes its end colour.
    marks: "rect:4 rect:2",
    holds: [">not visited<", 'fill="rgb(49, 54, 149)"', 'fill="rgb(165, 0, 38)"', 'fill="#d4d4d4"'],
  },
  confusion: {
    chart: heatMap({
      rows: ["a", "b"],
      columns: ["x", "y"],
      values: [[0.9, 0.1], [0, 1]],
      domain: [0, 1],
      map: WHITE_TO_BLUE,
      format: ".2f",
    }),
    marks: "rect:4 text:4",
    holds: [">0.90<", 'fill="rgb(255, 255, 255)"'],
  },
  circle_graph: {
    chart: circleGraph({
      nodes: [{ label: "0", usage: 900 }, { label: "17", usage: 300 }, { label: "255", usage: 10 }],
      edges: [{ from: 0, to: 1, first: true }, { from: 1, to: 2, first: false }, { from: 2, to: 2, first: true }],
      title: "Transitions",
    }),
    // Two arrows (the loop is left out): two lines, two heads; three nodes.
    marks: "line:1 symbol:1 line:1 symbol:1 symbol:3 text:3",
    holds: [">rule<", ">255<"],
  },
  gallery: {
    chart: gallery({
      pictures: [0.2, 0.5, 0.9].map((grey, i) => ({ picture: tile(grey), lines: [`${i}`, `(${10 * i})`] })),
      columns: 2,
      title: "Codes",
    }),
    marks: "image:3 text:3",
    holds: [">(20)<", "data:image/png;base64,"],
  },
  strip: {
    chart: below([strip({
      captions: ["t = 0", "t = 1"],
      rows: [
        { label: "frame", pictures: [tile(0.3), tile(0.6)] },
        {
          label: "entropy",
          heat: [{ values: [0, 1, 2, 0.5], width: 2, height: 2 }, { values: [0, 0, 0, 2], width: 2, height: 2 }],
        },
      ],
      valueTitle: "Entropy (bits)",
    })]),
    marks: "image:2 rect:8 text:2 text:2",
    holds: [">frame<", ">t = 1<", ">Entropy (bits)<"],
  },
};
