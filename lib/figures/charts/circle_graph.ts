/** A directed graph with its nodes on a circle and two classes of arrows. */
import { type Chart, type ChartOptions, heading } from "../spec.ts";
import { CHANCE, INK, RULE } from "../theme.ts";
import { pixels } from "./layout.ts";

/** What `circleGraph` draws. */
export interface CircleGraphOptions extends ChartOptions {
  /** Drawn anticlockwise from the right, node i at the angle 2πi/n. The area grows with the usage. */
  readonly nodes: readonly { readonly label: string; readonly usage: number }[];
  /** Arrows between nodes (indices), of the first or the second class. */
  readonly edges: readonly { readonly from: number; readonly to: number; readonly first: boolean }[];
  /** Names, colours and opacities of the two classes; default rule (steel blue, 0.6) and chance (coral, 0.4). */
  readonly classes?: readonly [EdgeClass, EdgeClass];
}

/** How one class of arrows looks. */
export interface EdgeClass {
  /** Name in the legend. */
  readonly label: string;
  /** Any CSS colour. */
  readonly colour: string;
  /** From 0 (invisible) to 1. */
  readonly opacity: number;
}

const CLASSES: readonly [EdgeClass, EdgeClass] = [
  { label: "rule", colour: RULE, opacity: 0.6 },
  { label: "chance", colour: CHANCE, opacity: 0.4 },
];

/** Radius in pixels that no node exceeds. */
const LARGEST = 32;

type Point = readonly [number, number];

/**
 * The transition graph of spec 1 §7.5: white labelled nodes of area 100 + usage/10 (square points, all made smaller by one factor when
 * the largest would touch its neighbour), slightly curved arrows. An arrow
 * from a node to itself is not drawn.
 *
 * @throws Error when an edge names a node that does not exist.
 */
export function circleGraph(options: CircleGraphOptions): Chart {
  const { nodes, edges, classes = CLASSES } = options;
  const side = options.width ?? (nodes.length > 9 ? 520 : nodes.length > 4 ? 420 : 320);
  const radius = side / 2 - LARGEST;
  const centre = (i: number): Point => {
    const angle = (2 * Math.PI * i) / nodes.length;
    return [side / 2 + radius * Math.cos(angle), side / 2 - radius * Math.sin(angle)];
  };
  const areas = nodes.map((node) => 100 + node.usage / 10);
  // Two neighbours keep at least a third of their distance between them.
  const room = Math.min(LARGEST, (2 * radius * Math.sin(Math.PI / Math.max(2, nodes.length))) / 3);
  const shrink = Math.min(1, (Math.PI * room ** 2) / Math.max(...areas, 1));
  const radii = areas.map((area, i) => Math.max(labelRadius(nodes[i].label), Math.sqrt((area * shrink) / Math.PI)));
  const drawn = edges.filter(({ from, to }) => {
    if (!nodes[from] || !nodes[to]) {
      throw new Error(`circleGraph: expected nodes 0 … ${nodes.length - 1} but found edge ${from} → ${to}`);
    }
    return from !== to;
  });
  const paths = drawn.map((edge): Arrow => ({
    kind: classes[edge.first ? 0 : 1].label,
    ...arrow(edge, centre, radii, side / 2),
  }));
  const colour = {
    field: "kind",
    type: "nominal",
    title: null,
    scale: { domain: classes.map((c) => c.label), range: classes.map((c) => c.colour) },
    legend: {
      orient: "bottom",
      symbolType: "stroke",
      symbolOpacity: 1,
      symbolStrokeWidth: 3,
      symbolSize: 260,
      direction: "horizontal",
      offset: 0,
    },
  };
  const x = pixels("x", side, "x"), y = pixels("y", side, "y");
  return {
    ...heading(options),
    width: side,
    height: side,
    layer: [
      // The second class is drawn first: the certain arrows are fewer and stay on top.
      ...[classes[1], classes[0]].flatMap(({ label, opacity }) =>
        edgeLayers(paths.filter((p) => p.kind === label), opacity, { x, y, colour })
      ),
      {
        data: {
          values: nodes.map(({ label }, i) => ({
            label,
            x: round(centre(i)[0]),
            y: round(centre(i)[1]),
            size: round(Math.PI * radii[i] ** 2),
          })),
        },
        layer: [
          {
            mark: {
              type: "point",
              shape: "circle",
              filled: true,
              fill: "white",
              stroke: INK,
              strokeWidth: 1.2,
              opacity: 1,
            },
            encoding: { x, y, size: { field: "size", type: "quantitative", scale: null } },
          },
          { mark: { type: "text", fontSize: 10.5 }, encoding: { x, y, text: { field: "label" } } },
        ],
      },
    ],
  };
}

interface Arrow {
  readonly kind: string;
  readonly points: readonly Point[];
  readonly tip: Point;
  readonly angle: number;
}

/** The lines and the heads of the arrows of one class. */
function edgeLayers(
  arrows: readonly Arrow[],
  opacity: number,
  channels: { x: Chart; y: Chart; colour: Chart },
): Chart[] {
  const { x, y, colour } = channels;
  if (arrows.length === 0) return [];
  const lines = arrows.flatMap(({ kind, points }, id) =>
    points.map(([px, py], step) => ({ id, kind, step, x: round(px), y: round(py) }))
  );
  const heads = arrows.map(({ kind, tip, angle }) => ({
    kind,
    x: round(tip[0]),
    y: round(tip[1]),
    angle: round(angle),
  }));
  return [
    {
      data: { values: lines },
      mark: { type: "line", strokeWidth: 1.5, opacity },
      encoding: { x, y, color: colour, detail: { field: "id" }, order: { field: "step" } },
    },
    {
      data: { values: heads },
      // Vega scales the path by half the root of the size: a head 9 pixels long.
      mark: { type: "point", shape: "M0,0L-1,0.42L-0.8,0L-1,-0.42Z", filled: true, size: 324, strokeWidth: 0, opacity },
      encoding: { x, y, color: colour, angle: { field: "angle", type: "quantitative", scale: null } },
    },
  ];
}

/** A node is never smaller than its label. */
function labelRadius(label: string): number {
  return 4 + 3.3 * Math.max(1.5, label.length);
}

/**
 * A quadratic Bézier between the rims of two nodes, and the arrow head at its end. It bends towards the middle of the circle, so that it
 * does not run through the nodes between its ends, and a little to its left, so that an arrow and its opposite stay apart.
 */
function arrow(
  edge: { from: number; to: number },
  centre: (i: number) => Point,
  radii: readonly number[],
  middle: number,
): { points: Point[]; tip: Point; angle: number } {
  const [ax, ay] = centre(edge.from), [bx, by] = centre(edge.to);
  const cx = (ax + bx) / 2, cy = (ay + by) / 2;
  const mx = cx + 0.3 * (middle - cx) + (by - ay) / 12, my = cy + 0.3 * (middle - cy) - (bx - ax) / 12;
  const at = (t: number): Point => [
    (1 - t) ** 2 * ax + 2 * t * (1 - t) * mx + t * t * bx,
    (1 - t) ** 2 * ay + 2 * t * (1 - t) * my + t * t * by,
  ];
  const gap = 2;
  let start = 0, end = 1;
  while (start < 0.45 && Math.hypot(at(start)[0] - ax, at(start)[1] - ay) < radii[edge.from] + gap) start += 0.005;
  while (end > 0.55 && Math.hypot(at(end)[0] - bx, at(end)[1] - by) < radii[edge.to] + gap) end -= 0.005;
  const tip = at(end);
  // The line stops inside the head, so that its blunt end does not show beyond the point.
  let neck = end;
  while (neck > start && Math.hypot(at(neck)[0] - tip[0], at(neck)[1] - tip[1]) < 6) neck -= 0.005;
  const [nx, ny] = at(neck);
  const points = Array.from({ length: 17 }, (_, i) => at(start + ((neck - start) * i) / 16));
  return { points, tip, angle: (Math.atan2(tip[1] - ny, tip[0] - nx) * 180) / Math.PI };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
