import { createHash } from "node:crypto";
import {
  type CellCode,
  cellCode,
  drawTile,
  groundTruth,
  litCells,
  MiniGrid,
  NumpyRandom,
  recordOneMiniGrid,
  renderView,
  renderWorld,
  resizeNearest,
  symbolicView,
  type View,
  viewOf,
  World,
} from "../../../games/mod.ts";
import type { GoldenChecks } from "../../golden_checks.ts";
import { cellText } from "./cell_text.ts";

type Code = readonly [type: number, colour: number, state: number];
type Pixel = readonly [row: number, column: number, r: number, g: number, b: number];

/** The `env` section of the golden file (spec 3 §12). */
export interface GoldenEnvironment {
  readonly rng: readonly {
    readonly seed: number;
    readonly u64: readonly string[];
    readonly integers_n: readonly number[];
    readonly integers: readonly number[];
    readonly then_shuffle_0_to_8: readonly number[];
    readonly then_random: readonly number[];
  }[];
  readonly tiles: readonly {
    readonly code: Code | null;
    readonly agent: number | null;
    readonly highlight: boolean;
    readonly ts: number;
    readonly sha256: string;
    readonly px: readonly Pixel[];
  }[];
  readonly full_tile_8px: {
    readonly code: Code | null;
    readonly agent: number | null;
    readonly highlight: boolean;
    readonly ts: number;
    readonly rgb: readonly number[];
  };
  readonly scenes: readonly GoldenScene[];
  readonly levels: readonly GoldenLevel[];
  readonly recorder: {
    readonly env: string;
    readonly states: readonly (readonly [x: number, y: number, heading: number, sha256: string])[];
    readonly changing_transitions: number;
    readonly colours_in_start_frame: readonly (readonly number[])[];
    readonly row_13: readonly number[];
    readonly row_19: readonly number[];
    readonly px: readonly Pixel[];
  };
  readonly collector: readonly GoldenCollector[];
}

interface GoldenScene {
  readonly name: string;
  readonly w: number;
  readonly h: number;
  readonly grid: string;
  readonly pos: readonly [number, number];
  readonly dir: number;
  readonly carrying: Code | null;
  readonly view: number;
  readonly see_through: boolean;
  readonly visible_rows: readonly string[];
  readonly lit_rows: readonly string[];
  readonly obs_image_sha256: string;
  readonly frame8_sha256: string;
  readonly frame32_sha256: string;
  readonly frame8_plain_sha256: string;
  readonly pov8_sha256: string;
  readonly nearest64_of_frame32_sha256: string;
  readonly frame32_px: readonly Pixel[];
  readonly pov8_px: readonly Pixel[];
}

interface GoldenLevel {
  readonly env: string;
  readonly seed: number;
  readonly w: number;
  readonly h: number;
  readonly max_steps: number;
  readonly grid: string;
  readonly pos: readonly [number, number];
  readonly dir: number;
  readonly frame8_sha256: string;
  readonly pov8_sha256: string;
  readonly trace: readonly (readonly number[])[];
  readonly end_grid: string;
  readonly end_carry: Code | null;
  readonly end_frame8_sha256: string;
}

interface GoldenCollector {
  readonly env: string;
  readonly seed: number;
  readonly moves: readonly number[];
  readonly episodes: number;
  readonly frames: number;
  readonly goals: number;
  readonly actions: readonly number[];
  readonly changing: readonly number[];
  readonly first_episodes: readonly string[];
  readonly episode_lengths_20: readonly number[];
}

/** Random numbers, tiles, scenes, levels, recorder and collector (spec 3 §12): all exact. */
export function checkEnvironment(golden: GoldenEnvironment, checks: GoldenChecks): void {
  checkRandom(golden.rng, checks);
  checkTiles(golden, checks);
  for (const scene of golden.scenes) checkScene(scene, checks);
  for (const level of golden.levels) checkLevel(level, checks);
  checkRecorder(golden.recorder, checks);
  for (const collector of golden.collector) checkCollector(collector, checks);
}

function same(checks: GoldenChecks, quantity: string, ours: string, reference: string): void {
  checks.equal(`${quantity} (equal)`, Number(ours === reference), 1);
}

const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");

function pixels(
  checks: GoldenChecks,
  what: string,
  image: Uint8Array,
  width: number,
  expected: readonly Pixel[],
): void {
  const ours = expected.flatMap(([row, column]) => [...image.subarray((row * width + column) * 3).subarray(0, 3)]);
  checks.allEqual(`${what} pixels`, ours, expected.flatMap(([, , ...rgb]) => rgb));
}

function checkRandom(golden: GoldenEnvironment["rng"], checks: GoldenChecks): void {
  for (const { seed, u64, integers_n, integers, then_shuffle_0_to_8, then_random } of golden) {
    const raw = new NumpyRandom(seed), random = new NumpyRandom(seed), what = `rng seed ${seed}`;
    u64.forEach((word, i) => same(checks, `${what} uint64 ${i}`, raw.uint64().toString(16).padStart(16, "0"), word));
    checks.allEqual(`${what} integers`, integers_n.map((n) => random.integers(0, n)), integers);
    checks.allEqual(`${what} shuffle`, random.shuffle([0, 1, 2, 3, 4, 5, 6, 7, 8]), then_shuffle_0_to_8);
    // The file has 14 digits.
    checks.allClose(`${what} random`, then_random.map(() => random.random()), then_random, 1e-13);
  }
}

const cellOf = (code: Code | null): CellCode => code === null ? cellCode(1) : cellCode(...code);

function checkTiles({ tiles, full_tile_8px: full }: GoldenEnvironment, checks: GoldenChecks): void {
  tiles.forEach(({ code, agent, highlight, ts, sha256: hash, px }, i) => {
    const tile = drawTile(cellOf(code), agent, highlight, ts), what = `tile ${i} (${code}, ${ts} px)`;
    pixels(checks, what, tile, ts, px);
    same(checks, what, sha256(tile), hash);
  });
  checks.allEqual("full tile", drawTile(cellOf(full.code), full.agent, full.highlight, full.ts), full.rgb);
}

/** A world from three characters a cell. */
function worldOf({ w, h, grid, pos, dir, carrying }: GoldenScene): World {
  const world = new World(w, h, false);
  for (let i = 0; i < w * h; i++) {
    const [type, colour, state] = [...grid.slice(3 * i, 3 * i + 3)].map((digit) => parseInt(digit, 16));
    world.cells[i] = cellCode(type, colour, state);
  }
  world.stand(pos[0], pos[1], dir);
  world.carrying = carrying ? cellCode(...carrying) : 0;
  return world;
}

function checkScene(scene: GoldenScene, checks: GoldenChecks): void {
  const world = worldOf(scene), view: View = viewOf(world, scene.view, scene.see_through), { name } = scene;
  const rows = (bits: Uint8Array, width: number) =>
    Array.from({ length: bits.length / width }, (_, j) => bits.subarray(j * width, (j + 1) * width).join(""));
  same(checks, `${name}, visible`, rows(view.visible, scene.view).join(), scene.visible_rows.join());
  same(checks, `${name}, lit`, rows(litCells(world, view), scene.w).join(), scene.lit_rows.join());
  same(checks, `${name}, symbols`, sha256(symbolicView(view)), scene.obs_image_sha256);
  const frame32 = renderWorld(world, 32, view), point = renderView(view, 8);
  same(checks, `${name}, frame of 8`, sha256(renderWorld(world, 8, view)), scene.frame8_sha256);
  same(checks, `${name}, frame of 8 unlit`, sha256(renderWorld(world, 8, null)), scene.frame8_plain_sha256);
  same(checks, `${name}, frame of 32`, sha256(frame32), scene.frame32_sha256);
  same(checks, `${name}, point of view`, sha256(point), scene.pov8_sha256);
  pixels(checks, `${name}, frame of 32`, frame32, scene.w * 32, scene.frame32_px);
  pixels(checks, `${name}, point of view`, point, scene.view * 8, scene.pov8_px);
  const nearest = resizeNearest(frame32, scene.w * 32, 64, scene.h * 32);
  same(checks, `${name}, nearest 64`, sha256(nearest), scene.nearest64_of_frame32_sha256);
}

function checkLevel(level: GoldenLevel, checks: GoldenChecks): void {
  const env = new MiniGrid(level.env), what = `${level.env} seed ${level.seed}`;
  env.reset(level.seed);
  const start = env.world(), grid = (world: World) => [...world.cells].map(cellText).join("");
  checks.allEqual(`${what} size and limit`, [...env.size, env.maxSteps], [level.w, level.h, level.max_steps]);
  same(checks, `${what} grid`, grid(start), level.grid);
  checks.allEqual(`${what} agent`, [start.x, start.y, start.heading], [...level.pos, level.dir]);
  same(checks, `${what} frame`, sha256(env.render({ tile: 8 })), level.frame8_sha256);
  same(checks, `${what} point of view`, sha256(env.renderView(8)), level.pov8_sha256);
  const ours = level.trace.map(([action]) => {
    // What MiniGrid does with a number beyond its actions.
    const { reward, terminated, truncated } = env.step(action < env.actionCount ? action : 0),
      { x, y, heading } = env.world();
    if (terminated || truncated) env.reset();
    return [action, x, y, heading, reward, Number(terminated), Number(truncated)];
  });
  checks.allClose(`${what} trace`, ours.flat(), level.trace.flat(), 1e-12);
  const end = env.world(), text = grid(end);
  same(checks, `${what} last grid`, level.end_grid.length === 64 ? sha256(text) : text, level.end_grid);
  const carried = end.carrying ? cellText(end.carrying) : "", expected = level.end_carry;
  same(checks, `${what} load`, carried, expected ? cellText(cellCode(...expected)) : "");
  same(checks, `${what} last frame`, sha256(env.render({ tile: 8 })), level.end_frame8_sha256);
}

function checkRecorder(golden: GoldenEnvironment["recorder"], checks: GoldenChecks): void {
  const draw = (env: MiniGrid) => resizeNearest(env.render(), env.size[0] * 32, 64, env.size[1] * 32);
  const { states, frames, transitions } = groundTruth(golden.env, { draw });
  checks.equal("recorder: states", states.length, golden.states.length);
  for (const [x, y, heading, hash] of golden.states) {
    const at = states.findIndex((s) => s.x === x && s.y === y && s.heading === heading);
    same(checks, `recorder: frame at ${x}, ${y} heading ${heading}`, at < 0 ? "none" : sha256(frames[at]), hash);
  }
  checks.equal("recorder: changing transitions", transitions.length, golden.changing_transitions);
  const [start] = frames, colours = new Set<string>();
  for (let i = 0; i < start.length; i += 3) colours.add(start.subarray(i, i + 3).join());
  same(
    checks,
    "recorder: colours",
    [...colours].sort().join(" "),
    golden.colours_in_start_frame.map((c) => c.join()).sort().join(" "),
  );
  for (const row of [13, 19] as const) {
    checks.allEqual(
      `recorder: row ${row}`,
      golden.row_13.map((_, j) => start[(row * 64 + j) * 3]),
      golden[`row_${row}`],
    );
  }
  pixels(checks, "recorder: start", start, 64, golden.px);
}

function checkCollector(golden: GoldenCollector, checks: GoldenChecks): void {
  const { env, seed, moves, episodes } = golden, what = `collector seed ${seed}, moves ${moves}`;
  const actions = new Array(7).fill(0), changing = new Array(7).fill(0), strings: string[] = [];
  let frames = 0, goals = 0;
  const options = { env, seed, episodes, policy: { moves, share: 0.8 }, tile: 8, keepLast: false };
  for (const episode of recordOneMiniGrid(options)) {
    const size = episode.height * episode.width * 3,
      at = (t: number) => episode.frames.subarray(t * size, (t + 1) * size);
    episode.actions.forEach((action, t) => {
      actions[action]++;
      if (at(t).some((byte, i) => byte !== at(t + 1)[i])) changing[action]++;
    });
    frames += episode.actions.length + 1;
    goals += Number(episode.terminated);
    strings.push(episode.actions.join(""));
  }
  checks.equal(`${what}: frames`, frames, golden.frames);
  checks.equal(`${what}: goals`, goals, golden.goals);
  checks.allEqual(`${what}: actions`, actions, golden.actions);
  checks.allEqual(`${what}: changing actions`, changing, golden.changing);
  golden.first_episodes.forEach((text, i) => same(checks, `${what}: episode ${i}`, strings[i] ?? "", text));
  checks.allEqual(
    `${what}: lengths`,
    strings.slice(0, golden.episode_lengths_20.length).map((s) => s.length),
    golden.episode_lengths_20,
  );
}
