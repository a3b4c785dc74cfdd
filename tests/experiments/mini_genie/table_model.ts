/** An exact model of a small world, with one token for each picture: it knows the rules by heart, or breaks them on purpose. */
import type { KnownWorld } from "../../../lib/experiments/mini_genie/mod.ts";
import { groundTruth } from "../../../lib/games/mod.ts";
import type { LatentActions } from "../../../lib/models/mini_genie/mod.ts";

/** Empty-5x5 as pictures of 20 pixels a side, every move recorded once. */
export function emptyWorld(): KnownWorld {
  const { states, frames, transitions } = groundTruth("Empty-5x5", { draw: (env) => env.render({ tile: 4 }) });
  const bytes = new Uint8Array(frames.length * frames[0].length);
  frames.forEach((frame, i) => bytes.set(frame, i * frame.length));
  const moves = transitions.map((move) => ({ ...move, count: 1 }));
  return { side: 20, count: frames.length, frames: bytes, states, moves };
}

/** What a table says: which code a move has, and where a code leads. */
export interface Table {
  readonly actions: number;
  readonly codeOf: (move: KnownWorld["moves"][number]) => number;
  readonly next: (state: number, code: number) => number;
}

/** Codes are the true actions left, right, forward; predictions are exact. A move that cannot be made changes nothing. */
export function perfectTable({ moves }: KnownWorld): Table {
  const to = new Map(moves.map(({ from, to, action }) => [`${from} ${action}`, to]));
  return { actions: 3, codeOf: ({ action }) => action, next: (state, code) => to.get(`${state} ${code}`) ?? state };
}

/** Codes are headings after the move, exact where a move leads there; else nothing changes. */
export function headingTable({ moves, states }: KnownWorld): Table {
  const heading = (state: number) => states![state].heading;
  const to = new Map(moves.map(({ from, to }) => [`${from} ${heading(to)}`, to]));
  return { actions: 4, codeOf: ({ to }) => heading(to), next: (state, code) => to.get(`${state} ${code}`) ?? state };
}

/** Infers true actions, but where it leads does not depend on the code: always the first move of a state. */
export function deafTable({ moves }: KnownWorld): Table {
  const first = new Map<number, number>();
  for (const { from, to } of moves) if (!first.has(from)) first.set(from, to);
  return { actions: 3, codeOf: ({ action }) => action, next: (state) => first.get(state) ?? state };
}

/** One code for all moves, of eight; a state is always followed by the first that it ever was. */
export function collapsedTable(world: KnownWorld): Table {
  return { ...deafTable(world), actions: 8, codeOf: () => 1 };
}

/** A model that a table stands for, with the questions that can be asked of a `Dreamer`. */
export class TableModel {
  readonly tokens = 1;
  readonly actions: number;
  readonly #size: number;
  readonly #codes: ReadonlyMap<string, number>;

  constructor(readonly world: KnownWorld, readonly table: Table) {
    this.actions = table.actions;
    this.#size = world.side ** 2 * 3;
    this.#codes = new Map(world.moves.map((move) => [`${move.from} ${move.to}`, table.codeOf(move)]));
  }

  readonly views = 1;

  look(pictures: Uint8Array): Promise<Int32Array> {
    return this.encode(pictures);
  }

  encode(pictures: Uint8Array): Promise<Int32Array> {
    const states = Array.from({ length: pictures.length / this.#size }, (_, i) => {
      const picture = pictures.subarray(i * this.#size, (i + 1) * this.#size);
      const found = Array.from({ length: this.world.count }, (_, s) => s).find((state) =>
        picture.every((byte, at) => byte === this.world.frames[state * this.#size + at])
      );
      if (found === undefined) throw new Error(`picture ${i} is none of the world's`);
      return found;
    });
    return Promise.resolve(Int32Array.from(states));
  }

  decodeExactly(grids: Int32Array): Promise<Float32Array> {
    const pictures = new Float32Array(grids.length * this.#size);
    grids.forEach((state, i) => {
      for (let at = 0; at < this.#size; at++) {
        pictures[i * this.#size + at] = this.world.frames[state * this.#size + at] / 255;
      }
    });
    return Promise.resolve(pictures);
  }

  infer(before: Int32Array, after: Int32Array): Promise<{ codes: Int32Array; probabilities: Float32Array }> {
    const codes = before.map((from, i) => this.#codes.get(`${from} ${after[i]}`) ?? 0);
    const probabilities = new Float32Array(codes.length * this.actions);
    codes.forEach((code, i) => probabilities[i * this.actions + code] = 1);
    return Promise.resolve({ codes, probabilities });
  }

  predict(grids: Int32Array, actions: LatentActions): Promise<Int32Array> {
    const codes = actions instanceof Int32Array ? actions : grids.map((_, i) => {
      const row = actions.subarray(i * this.actions, (i + 1) * this.actions);
      return row.indexOf(Math.max(...row));
    });
    return Promise.resolve(grids.map((state, i) => this.table.next(state, codes[i])));
  }
}
