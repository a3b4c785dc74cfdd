/** The benchmark's model in tfjs against the float64 reference of spec 1 §12, and that it learns. */
import assert from "node:assert/strict";
import type { Golden } from "../../lib/experiments/rules_and_chance/golden/format.ts";
import { fromTorch, goldenValues, ourName, toTorch } from "../../lib/experiments/rules_and_chance/golden/parameters.ts";
import { frameBatches, reconstructionWeight, transitionBatches } from "../../tasks/bench/cases/batches.ts";
import {
  autoencoderParameters,
  frozenCodebook,
  type ModelSizes,
  transitionParameters,
  type Values,
} from "../../tasks/bench/cases/model.ts";
import { Autoencoder } from "../../tasks/bench/peers/tfjs/autoencoder.ts";
import { TransitionModel } from "../../tasks/bench/peers/tfjs/transition.ts";
import { assertClose } from "../support/compare.ts";
import { tf } from "../support/tfjs.ts";

const golden: Golden = JSON.parse(
  Deno.readTextFileSync(new URL("../golden/1-rules-and-chance.json", import.meta.url)),
);
const { config } = golden;
const sizes: ModelSizes = {
  side: config.img,
  channels: config.chans,
  width: config.D,
  codes: config.K,
  hidden: config.hid,
  blocks: config.layers,
  heads: config.heads,
  actions: config.nact,
};
const CODEBOOK = "quantizer.embedding.weight";

/** The golden parameters in place of the initial ones; no positions. */
function goldenParameters(initial: Values): Values {
  return Object.fromEntries(
    Object.entries(initial).map(([name, { shape, data }]) => {
      const entry = golden.params.find((entry) => ourName(entry.name) === name);
      return [name, {
        shape,
        data: entry ? fromTorch(entry.name, entry.shape, goldenValues(golden, entry)) : data.map(() => 0),
      }];
    }),
  );
}

/** Observations of the golden file, [B·(T+1), S, S, 1]. */
function goldenFrames(): tf.Tensor4D {
  const { img: side, ib, ic, img_amp: amplitude, B: batch, T: steps } = config, count = batch * (steps + 1);
  const data = Float32Array.from(
    { length: count * side ** 2 },
    (_, i) => 0.5 + amplitude * Math.sin(ib * i + ic * Math.floor(i / side) + 2 * Math.floor(i / side ** 2)),
  );
  return tf.tensor4d(data, [count, side, side, 1]);
}

Deno.test("losses, codes, averages and every gradient agree with PyTorch", async () => {
  const { B: batch, T: steps } = config, tokens = 16, { forward } = golden;
  const autoencoder = new Autoencoder(sizes, goldenParameters(autoencoderParameters(sizes)), 1);
  const transition = new TransitionModel(sizes, goldenParameters(transitionParameters(sizes)), frozenCodebook(sizes));
  const variables = { ...autoencoder.parameters, ...transition.parameters };
  const count = Float32Array.from({ length: config.K }, (_, k) => 1 + 0.5 * Math.sin(config.wb * k + 0.3));
  autoencoder.count.assign(tf.tensor1d(count));
  autoencoder.sum.assign(tf.mul(variables[CODEBOOK], tf.expandDims(tf.tensor1d(count), 1)));
  const actions = tf.tensor1d(Int32Array.from(golden.actions.flat()), "int32");

  const { value, grads } = tf.variableGrads(() => {
    const { total, output, assigned, tokens: z, reconstruction, commitment } = autoencoder.losses(goldenFrames());
    const indices = tf.argMax(assigned, 1), near = { relative: 1e-5, absolute: 1e-7 };
    assert.deepEqual([...indices.dataSync()], forward.indices);
    assertClose(reconstruction.dataSync(), [forward.recon_all], near, "reconstruction");
    assertClose(commitment.dataSync(), [forward.commit], near, "commitment");
    // Teacher forcing: all steps of the joint loss at once (spec 1 §4, 6).
    const frames = (x: tf.Tensor, from: number, width: number) =>
      tf.reshape(tf.slice(tf.reshape(x, [batch, steps + 1, tokens, width]), [0, from], [batch, steps]), [
        batch * steps,
        tokens,
        width,
      ]);
    const targets = tf.squeeze(frames(indices, 1, 1), [2]);
    const logits = transition.predict(frames(output, 0, config.D), actions);
    const loss = transition.crossEntropy(logits, targets);
    assertClose(loss.dataSync(), [forward.transition], near, "transition");
    autoencoder.updateCodebook(z, assigned);
    return tf.add(total, loss) as tf.Scalar;
  }, Object.values(variables));

  assertClose(value.dataSync(), [forward.total], { relative: 1e-5, absolute: 0 }, "total");
  assertClose(autoencoder.count.dataSync(), forward.ema_cluster_size, { relative: 1e-5, absolute: 0 }, "EMA counts");
  const codebook = await variables[CODEBOOK].data(), { idx, val } = forward.codebook_after_ema;
  assertClose(idx.map((i) => codebook[i]), val, { relative: 1e-5, absolute: 1e-5 }, "codebook after EMA");
  for (const [k, expected] of golden.grads.entries()) {
    const found = grads[variables[ourName(expected.name)].name].dataSync() as Float32Array;
    const gradient = toTorch(expected.name, golden.params[k].shape, found), norm = Math.hypot(...gradient);
    assertClose([norm], [expected.l2], { relative: 1e-3, absolute: 1e-6 }, `norm of the gradient of ${expected.name}`);
    const absolute = 1e-4 * expected.l2 + 1e-7;
    assertClose(expected.idx.map((i) => gradient[i]), expected.val, { relative: 1e-3, absolute }, expected.name);
  }
});

const tiny: ModelSizes = {
  side: 16,
  channels: [4, 8],
  width: 8,
  codes: 6,
  hidden: 16,
  blocks: 1,
  heads: 2,
  actions: 4,
};

Deno.test("both training steps learn, and leave no tensor behind", async () => {
  const batch = 4, [frames] = frameBatches(tiny, batch, 1), [moves] = transitionBatches(tiny, batch, 1);
  const autoencoder = new Autoencoder(tiny, autoencoderParameters(tiny), reconstructionWeight([frames]));
  const transition = new TransitionModel(tiny, transitionParameters(tiny), frozenCodebook(tiny));
  const pictures = tf.tensor4d(frames, [batch, tiny.side, tiny.side, 1]);
  const [before, after] = [moves.before, moves.after].map((codes) => tf.tensor2d(codes, [batch, 16], "int32"));
  const actions = tf.tensor1d(moves.actions, "int32");
  const train = async (step: () => tf.Scalar, count: number) => {
    const losses: number[] = [];
    let tensors = 0;
    for (let i = 0; i < count; i++) {
      const loss = step();
      losses.push((await loss.data())[0]);
      loss.dispose();
      if (i === 1) tensors = tf.memory().numTensors; // after the moments are there
    }
    assert.equal(tf.memory().numTensors, tensors);
    return losses.at(-1)! / losses[0];
  };
  const first = await train(() => autoencoder.step(pictures), 20),
    second = await train(
      () => transition.step(before, actions, after),
      40,
    );
  assert.ok(first < 0.97, `stage 1 fell to ${first} of its first loss`);
  assert.ok(second < 0.5, `stage 2 fell to ${second} of its first loss`);
});
