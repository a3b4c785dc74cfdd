import type { Device } from "../../device/device.ts";
import type { Stream } from "../../random.ts";
import {
  argmax,
  compile,
  type HostArray,
  type HostData,
  oneHot,
  type Program,
  reshape,
  softmax,
  type Tensor,
  unpackBytes,
} from "../../tensor/mod.ts";
import type { MiniGenie } from "./model.ts";
import { likeliest, sampled, type TopK } from "./sampling.ts";
import { tokensPerPicture } from "./settings.ts";
import { withTurns } from "./turns.ts";

/** How the next codes are chosen from their logits: the likeliest, or drawn among the k likeliest with numbers of a stream. */
export type Choice = "greedy" | (TopK & { readonly stream: Stream });

/** Latent actions that the action net infers. */
export interface InferredActions {
  /** i32 [n]: the likeliest. */
  readonly codes: Int32Array;
  /** f32 [n, A] */
  readonly probabilities: Float32Array;
}

/** Latent actions to follow: a code for each grid, i32 [n], or probabilities, f32 [n, A]. */
export type LatentActions = Int32Array | Float32Array;

/** Most pictures or grids in one run of a program. */
const MOST = 64;

/**
 * What a trained model can be asked, from host memory to host memory: pictures ↔ codes, the latent action between two grids,
 * the next grid. Dropout is off. Takes any number n at once; each program is compiled when it is first used.
 */
export class Dreamer {
  /** Tokens N of one picture. */
  readonly tokens: number;
  /** Latent actions A. */
  readonly actions: number;
  /** Turns in which the action net sees a picture: 1, or 4. */
  readonly views: number;
  readonly #encode: Program<[Tensor], Tensor>;
  readonly #decode: Program<[Tensor], Tensor>;
  readonly #infer: Program<[Tensor, Tensor], { codes: Tensor; probabilities: Tensor }>;
  readonly #predict = new Map<string, Program<[Tensor, Tensor, Tensor], Tensor>>();

  /** Compiles nothing yet. @param model placed on the device; used as it is at each call, so later training shows */
  constructor(readonly device: Device, readonly model: MiniGenie) {
    const { vqVae, actionNet, settings } = model, { imageSide: side } = settings;
    this.tokens = tokensPerPicture(settings);
    this.actions = settings.actionNet.actions;
    this.views = settings.actionNet.turns === "all" ? 4 : 1;
    this.#encode = compile(
      device,
      (words: Tensor) => vqVae.tokens(reshape(unpackBytes(words, 1 / 255), [words.shape[0], side, side, 3])),
    );
    this.#decode = compile(device, (grids: Tensor) => vqVae.pictures(grids));
    this.#infer = compile(device, (before: Tensor, after: Tensor) => {
      const logits = actionNet.apply(before, after);
      return { codes: argmax(logits), probabilities: softmax(logits) };
    });
  }

  /** Pictures, bytes [n, S, S, 3] → codes i32 [n, N]. */
  async encode(pictures: Uint8Array): Promise<Int32Array> {
    const size = this.model.settings.imageSide ** 2 * 3, count = wholeNumber(pictures.length, size, "pictures");
    const codes = new Int32Array(count * this.tokens);
    for (const [first, end] of chunks(count)) {
      const words = new Uint32Array(pictures.slice(first * size, end * size).buffer);
      const found = this.#encode.run({ data: words, shape: [end - first, size / 4] });
      codes.set(await found.data(), first * this.tokens);
    }
    return codes;
  }

  /** Codes i32 [n, N] → pictures in [0, 1], f32 [n, S, S, 3]. */
  async decodeExactly(grids: Int32Array): Promise<Float32Array> {
    const size = this.model.settings.imageSide ** 2 * 3, count = this.#count(grids);
    const pictures = new Float32Array(count * size);
    for (const [first, end] of chunks(count)) {
      pictures.set(await this.#decode.run(this.#rows(grids, this.tokens, first, end)).data(), first * size);
    }
    return pictures;
  }

  /** Codes i32 [n, N] → pictures, bytes [n, S, S, 3]: times 255, cut off, as the original has it. */
  async decode(grids: Int32Array): Promise<Uint8Array> {
    return Uint8Array.from(await this.decodeExactly(grids), (value) => Math.floor(value * 255));
  }

  /**
   * Pictures, bytes [n, S, S, 3], as the action net sees them: i32 [n, N], the codes; or where it sees all four turns,
   * i32 [n, 4, N]. The pictures are turned and then encoded, as a turned code is no code.
   */
  async look(pictures: Uint8Array): Promise<Int32Array> {
    const { views, tokens } = this, { imageSide } = this.model.settings;
    if (views === 1) return await this.encode(pictures);
    const found = await this.encode(withTurns(pictures, imageSide)), seen = new Int32Array(found.length);
    const count = found.length / (views * tokens);
    for (let i = 0; i < views * count; i++) {
      seen.set(found.subarray(i * tokens, (i + 1) * tokens), ((i % count) * views + Math.floor(i / count)) * tokens);
    }
    return seen;
  }

  /** The latent actions that lead from pictures to pictures, both as `look` sees them. */
  async infer(before: Int32Array, after: Int32Array): Promise<InferredActions> {
    const width = this.views * this.tokens, count = wholeNumber(before.length, width, "looks");
    const codes = new Int32Array(count);
    const probabilities = new Float32Array(count * this.actions);
    for (const [first, end] of chunks(count)) {
      const found = this.#infer.run(
        this.#seen(before, first, end),
        this.#seen(after, first, end),
      );
      const [own, shares] = await Promise.all([found.codes.data(), found.probabilities.data()]);
      codes.set(own, first);
      probabilities.set(shares, first * this.actions);
    }
    return { codes, probabilities };
  }

  /** The grids that follow grids i32 [n, N] under latent actions → i32 [n, N]. */
  async predict(grids: Int32Array, actions: LatentActions, choice: Choice = "greedy"): Promise<Int32Array> {
    const count = this.#count(grids), uniforms = new Float32Array(grids.length), next = new Int32Array(grids.length);
    if (choice !== "greedy") choice.stream.fillUniform(uniforms);
    const program = this.#predictor(choice, actions instanceof Float32Array);
    for (const [first, end] of chunks(count)) {
      const action = actions instanceof Float32Array
        ? this.#rows(actions, this.actions, first, end)
        : actions.slice(first, end);
      const found = program.run(
        this.#rows(grids, this.tokens, first, end),
        action,
        this.#rows(uniforms, this.tokens, first, end),
      );
      next.set(await found.data(), first * this.tokens);
    }
    return next;
  }

  #predictor(choice: Choice, soft: boolean): Program<[Tensor, Tensor, Tensor], Tensor> {
    const key = `${soft} ${choice === "greedy" ? choice : `${choice.k} ${choice.temperature}`}`;
    const known = this.#predict.get(key);
    if (known) return known;
    const program = compile(this.device, (grids: Tensor, action: Tensor, uniforms: Tensor) => {
      const logits = this.model.dynamics.apply(grids, soft ? action : oneHot(action, this.actions));
      return choice === "greedy" ? likeliest(logits) : sampled(logits, uniforms, choice);
    });
    this.#predict.set(key, program);
    return program;
  }

  #count(grids: Int32Array): number {
    return wholeNumber(grids.length, this.tokens, "grids");
  }

  /** [n, N], or of several views [n, views, N]. */
  #seen(looks: Int32Array, first: number, end: number): HostArray {
    const { views, tokens } = this, { data } = this.#rows(looks, views * tokens, first, end);
    return { data, shape: views === 1 ? [end - first, tokens] : [end - first, views, tokens] };
  }

  #rows<T extends HostData>(values: T, width: number, first: number, end: number): HostArray {
    return { data: values.slice(first * width, end * width) as T, shape: [end - first, width] };
  }

  /** Gives the programs back; the model stays. */
  dispose(): void {
    for (const program of [this.#encode, this.#decode, this.#infer, ...this.#predict.values()]) program.dispose();
    this.#predict.clear();
  }
}

/** [first, end) of each chunk of n items. */
function chunks(count: number): [number, number][] {
  return Array.from({ length: Math.ceil(count / MOST) }, (_, i) => [i * MOST, Math.min(count, (i + 1) * MOST)]);
}

function wholeNumber(length: number, size: number, what: string): number {
  if (Number.isInteger(length / size)) return length / size;
  throw new RangeError(`expected ${what} of ${size} elements each, but found ${length} elements`);
}
