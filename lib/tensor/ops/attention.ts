import type { Device, KernelSource } from "../../device/device.ts";
import { trust } from "../../device/trusted.ts";
import page from "../../../kernels/attention.wgsl" with { type: "text" };
import cpuPage from "../../../kernels/attention_cpu.wgsl" with { type: "text" };
import { expectShape } from "../errors.ts";
import { flatGrid } from "../grid.ts";
import { type Call, type Cost, emit, type Node, type Operation, Scratch, trafficBytes } from "../node.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { expectFloats, lanes, rowPage, sourceOf, walksAlone } from "./rows.ts";

/** Settings of `attention` and `attentionPacked`. */
export interface AttentionOptions {
  /** Number of heads; divides the channels of the query. */
  readonly heads: number;
  /** Query i sees keys 0 … i + M − N only: the sequences are aligned at their ends. Default: all keys. */
  readonly causal?: boolean;
  /** Dropout on the probabilities: a factor for each, 0 or 1/(1 − rate), as `dropoutMask` makes them; [B, heads, N, M]. */
  readonly dropout?: { readonly mask: Tensor };
}

interface Attention {
  readonly batch: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly queries: number;
  readonly keys: number;
  /** Channels of one head. */
  readonly width: number;
  readonly causal: boolean;
  readonly masked: boolean;
  /** The only input is [B, N, 3·heads·width]: queries, keys, values. */
  readonly packed: boolean;
}

/** q, k, v (or packed), and the mask if there is one → y, log-sums [B, heads, N]. */
const forward: Operation<Attention> = {
  name: "attention",
  lower(node, device) {
    const { q, k, v, mask } = operands(node), [y, logSums] = node.outputs;
    return [call("forward", node, device, [q, k, v, mask ?? q, q, logSums, y])];
  },
  gradient(node, [g]) {
    const like = ({ shape }: Tensor) => ({ shape, dtype: "f32" as const });
    const { attributes } = node, inputs = attributes.masked ? node.inputs.slice(0, -1) : node.inputs;
    const gradients = emit(backward, [...node.inputs, node.outputs[1], g!], inputs.map(like), attributes);
    return attributes.masked ? [...gradients, null] : [...gradients];
  },
  cost: (node) => work(node, 4),
};

/** The inputs of the forward operation, log-sums, g → gradients of q, k, v (or of the packed tensor). */
const backward: Operation<Attention> = {
  name: "attentionGradient",
  lower(node, device) {
    const { q, k, v, mask } = operands(node), [logSums, g] = node.inputs.slice(-2);
    const { batch, heads, queries } = node.attributes;
    const [dq, dk = dq, dv] = node.outputs, parts = new Scratch(batch * heads * queries * 12, "log-sums and deltas");
    const bind = [q, k, v, mask ?? q, g, parts];
    return [
      { ...call("backward_query", node, device, [...bind, dq, logSums]), share: 0.4 },
      { ...call("backward_key", node, device, [...bind, dk, ...(dv ? [dv] : [])]), share: 0.6 },
    ];
  },
  cost: (node) => work(node, 16),
};

function operands({ inputs, attributes }: Node<Attention>): { q: Tensor; k: Tensor; v: Tensor; mask?: Tensor } {
  if (attributes.packed) {
    return { q: inputs[0], k: inputs[0], v: inputs[0], mask: attributes.masked ? inputs[1] : undefined };
  }
  return { q: inputs[0], k: inputs[1], v: inputs[2], mask: attributes.masked ? inputs[3] : undefined };
}

/**
 * Queries (or keys) that one invocation holds: few enough for its registers, many enough that a loaded number serves several
 * products. A GPU's caches are near, and it wants many invocations; a software adapter compiles long pages slowly.
 */
function rowsAtOnce(count: number, width: number, device: Device): 1 | 2 | 4 {
  const vectors = width / lanes(width);
  if (!walksAlone(device)) return 1;
  if (device.kind === "cpu") return count < 3 ? 1 : 4;
  return vectors > 4 ? 1 : vectors > 2 ? 2 : 4;
}

function work(node: Node<Attention>, flopsPerProduct: number): Cost {
  const { batch, heads, queries, keys, width, causal } = node.attributes;
  const pairs = causal ? queries * (keys - (queries - 1) / 2) : queries * keys;
  return { flops: flopsPerProduct * batch * heads * pairs * width, bytes: trafficBytes(node) };
}

function call(
  entry: "forward" | "backward_query" | "backward_key",
  { attributes }: Node<Attention>,
  device: Device,
  bind: readonly (Tensor | Scratch)[],
): Call {
  const { batch, heads, keyHeads, queries, keys, width, causal, masked, packed } = attributes;
  const [count, sequences] = entry === "backward_key" ? [keys, batch * keyHeads] : [queries, batch * heads];
  const rows = rowsAtOnce(count, width, device), inLanes = device.kind === "cpu" && rows === 4;
  const by = inLanes ? 1 : lanes(width), head = width / by, channels = heads * head;
  const { grid, workgroup } = flatGrid(sequences * Math.ceil(count / rows), device.limits);
  const stride = packed ? 3 * channels : channels, keyStride = packed ? stride : keyHeads * head;
  return {
    source: inLanes ? cpuSource(entry, width, packed) : sourceOf(pageFor(width, rows, packed), by, entry),
    constants: {
      BATCH: batch,
      HEADS: heads,
      REPEAT: heads / keyHeads,
      QUERIES: queries,
      KEYS: keys,
      Q_STRIDE: stride,
      K_STRIDE: keyStride,
      K_START: packed ? channels : 0,
      V_STRIDE: keyStride,
      V_START: packed ? 2 * channels : 0,
      SCALE: 1 / Math.sqrt(width),
      CAUSAL: causal ? 1 : 0,
      MASKED: masked ? 1 : 0,
      GROUP: workgroup,
    },
    bind,
    grid,
  };
}

/** The page with the sizes of its arrays. Packed, both gradients of backward_key go into one tensor. */
function pageFor(width: number, rows: 1 | 2 | 4, packed: boolean) {
  return rowPage(`attention ${width}`, page, (text, by) => {
    const sized = text.replace("const WIDTH = 1u;", `const WIDTH = ${width / by}u;`);
    const tiled = rows === 1 ? sized : sized
      .replace("alias R = f32;", `alias R = vec${rows}<f32>;`)
      .replace("const ROWS = 1u;", `const ROWS = ${rows}u;`)
      .replace("{ return numbers; }", "{ return numbers[r]; }")
      .replace("{ return x; }", "{ var changed = numbers; changed[r] = x; return changed; }");
    return packed ? inOneTensor(tiled) : tiled;
  });
}

/** The same for the page with four rows in the lanes of a vector. */
function cpuSource(entry: string, width: number, packed: boolean): KernelSource {
  const sized = cpuPage.replace("const WIDTH = 1u;", `const WIDTH = ${width}u;`);
  const name = `attention_cpu ${width} ${entry.replaceAll("_", " ")}`;
  return trust({ name, code: packed ? inOneTensor(sized) : sized, entry });
}

function inOneTensor(text: string): string {
  return text.replace("value_gradient[", "output[");
}

/**
 * Multi-head attention (Vaswani et al. 2017): softmax(q·kᵀ/√d)·v for each head. Head h owns channels h·d … (h+1)·d − 1 of
 * query, key and value. The matrix of probabilities is never in memory.
 *
 * @param query [B, N, D] f32
 * @param key [B, M, E]; E = D, or with `keyHeads` fewer heads of the same width
 * @param value [B, M, E]
 * @param options `keyHeads`: query head h uses key and value head ⌊h·keyHeads/heads⌋ (grouped queries); default `heads`
 * @returns [B, N, D]
 */
export function attention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions & { readonly keyHeads?: number },
): Tensor {
  const { heads, keyHeads = heads } = options, [batch, queries, channels] = query.shape, width = channels / heads;
  for (const x of [query, key, value]) expectFloats(x, "attention");
  expectHeads("attention", query, channels, heads);
  expectShape(
    Number.isInteger(keyHeads) && keyHeads >= 1 && heads % keyHeads === 0,
    "attention",
    () => `expected a number of key heads that divides ${heads} heads, but found ${keyHeads}`,
  );
  expectShape(
    key.rank === 3 && key.shape[0] === batch && key.shape[2] === keyHeads * width && sameShape(key.shape, value.shape),
    "attention",
    () =>
      `expected key and value [${batch}, M, ${keyHeads * width}] for query ${formatShape(query.shape)}, but found ${
        formatShape(key.shape)
      } and ${formatShape(value.shape)}`,
  );
  return attend("attention", [query, key, value], { batch, queries, keys: key.shape[1], width, keyHeads }, options);
}

/**
 * Self-attention on a packed projection: columns 0 … D−1 are queries, the next D keys, the next D values, each with its heads
 * side by side (spec 1 §3, "Transformer block"). Reads and writes the packed tensor directly, without copies.
 *
 * @param qkv [B, N, 3·D] f32
 * @returns [B, N, D]
 */
export function attentionPacked(qkv: Tensor, options: AttentionOptions): Tensor {
  const { heads } = options, [batch, queries, packed] = qkv.shape, channels = packed / 3;
  expectFloats(qkv, "attentionPacked");
  expectHeads("attentionPacked", qkv, channels, heads);
  const sizes = { batch, queries, keys: queries, width: channels / heads, keyHeads: heads };
  return attend("attentionPacked", [qkv], sizes, options);
}

function attend(
  operation: string,
  inputs: readonly Tensor[],
  sizes: Pick<Attention, "batch" | "queries" | "keys" | "width" | "keyHeads">,
  { heads, causal = false, dropout }: AttentionOptions,
): Tensor {
  const { batch, queries, keys, width } = sizes, expected = [batch, heads, queries, keys];
  expectShape(
    !causal || keys >= queries,
    operation,
    () =>
      `expected at least as many keys as queries for causal attention, but found ${keys} keys and ${queries} queries`,
  );
  if (dropout) {
    expectFloats(dropout.mask, operation);
    expectShape(
      sameShape(dropout.mask.shape, expected),
      operation,
      () => `expected a dropout mask ${formatShape(expected)}, but found ${formatShape(dropout.mask.shape)}`,
    );
  }
  return emit(
    forward,
    dropout ? [...inputs, dropout.mask] : inputs,
    [{ shape: [batch, queries, heads * width], dtype: "f32" }, { shape: [batch, heads, queries], dtype: "f32" }],
    { ...sizes, heads, causal, masked: dropout !== undefined, packed: inputs.length === 1 },
  )[0];
}

function expectHeads(operation: string, x: Tensor, channels: number, heads: number): void {
  expectShape(
    x.rank === 3 && Number.isInteger(heads) && heads >= 1 && Number.isInteger(channels / heads),
    operation,
    () =>
      `expected [B, N, ${operation === "attention" ? "D" : "3·D"}] with D a multiple of ${heads} heads, but found ${
        formatShape(x.shape)
      }`,
  );
}
