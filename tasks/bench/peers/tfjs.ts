/** The peer TensorFlow.js, with each of its back ends that runs in Deno. */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";
import { frameBatches, reconstructionWeight, transitionBatches } from "../cases/batches.ts";
import type { AutoencoderCase, Case, ConvCase, MatmulCase, TransitionCase } from "../cases/case.ts";
import { convInputs, matmulInputs } from "../cases/inputs.ts";
import { autoencoderParameters, frozenCodebook, transitionParameters } from "../cases/model.ts";
import { CannotDo, type Peer, type Workload } from "./peer.ts";
import { Autoencoder } from "./tfjs/autoencoder.ts";
import { TransitionModel } from "./tfjs/transition.ts";
import { BATCHES, training } from "./training.ts";

/** Kernels that a case cannot do without. */
const NEEDED: Partial<Record<Case["kind"], readonly string[]>> = {
  "autoencoder step": ["Conv2DBackpropFilter", "Conv2DBackpropInput"],
};

export async function openTfjs(backend: "webgpu" | "wasm" | "cpu", device: string): Promise<Peer> {
  tf.env().set("PROD", true); // no checks for leaks, no banner
  if (!await tf.setBackend(backend)) throw new CannotDo(`tfjs could not start its ${backend} back end`);
  const registered = new Set(tf.getKernelsForBackend(backend).map((kernel) => kernel.kernelName));
  return {
    device,
    prepare(entry: Case): Promise<Workload> {
      const needed = entry.kind === "conv" && entry.backward ? ["Conv2DBackpropFilter"] : NEEDED[entry.kind] ?? [];
      const missing = needed.filter((kernel) => !registered.has(kernel));
      if (missing.length > 0) throw new CannotDo(`tfjs-${backend} has no kernel ${missing.join(", ")}`);
      return Promise.resolve(workload(entry));
    },
  };
}

function workload(entry: Case): Workload {
  switch (entry.kind) {
    case "matmul":
      return matmul(entry);
    case "conv":
      return conv(entry);
    case "autoencoder step":
      return autoencoderStep(entry);
    case "transition step":
      return transitionStep(entry);
  }
}

function matmul(entry: MatmulCase): Workload {
  const { size } = entry, inputs = matmulInputs(entry);
  const a = tf.tensor2d(inputs.a, [size, size]), b = tf.tensor2d(inputs.b, [size, size]);
  return {
    run: () => read(() => firstOf(tf.matMul(a, b))),
    async results() {
      const y = tf.matMul(a, b), data = await y.data() as Float32Array;
      y.dispose();
      return { product: data };
    },
    dispose: () => tf.dispose([a, b]),
  };
}

function conv(entry: ConvCase): Workload {
  const { batch, side, channels, backward } = entry, inputs = convInputs(entry);
  const x = tf.tensor4d(inputs.x, [batch, side, side, channels[0]]);
  const layers = inputs.layers.map(({ weight, bias }, i) => ({
    weight: tf.variable(tf.tensor4d(weight, [4, 4, channels[i], channels[i + 1]])),
    bias: tf.variable(tf.tensor1d(bias)),
  }));
  const forward = () =>
    layers.reduce((x: tf.Tensor4D, { weight, bias }) =>
      tf.fused.conv2d({
        x,
        filter: weight as unknown as tf.Tensor4D,
        strides: 2,
        pad: "same", // 1 on each side
        bias,
        activation: "relu",
      }), x);
  const variables = layers.flatMap(({ weight, bias }) => [weight, bias]) as unknown as tf.Variable[];
  const work = (): tf.Tensor[] => {
    if (!backward) return [forward()];
    const { grads } = tf.variableGrads(() => tf.mean(tf.square(forward())), variables);
    return variables.map((variable) => grads[variable.name]);
  };
  return {
    run: () => read(() => firstOf(work().at(-1)!)),
    async results() {
      const tensors = tf.tidy(work), data = await Promise.all(tensors.map((tensor) => tensor.data()));
      tf.dispose(tensors);
      if (!backward) return { output: data[0] as Float32Array };
      return Object.fromEntries(layers.map((_, i) => [`gradient ${i}`, data[2 * i] as Float32Array]));
    },
    dispose: () => tf.dispose([x, ...variables]),
  };
}

function autoencoderStep({ sizes, batch }: AutoencoderCase): Workload {
  const batches = frameBatches(sizes, batch, BATCHES), weight = reconstructionWeight(batches);
  const model = new Autoencoder(sizes, autoencoderParameters(sizes), weight);
  return training({
    step(index) {
      return read(() => model.step(tf.tensor4d(batches[index], [batch, sizes.side, sizes.side, 1])));
    },
    dispose: () => model.dispose(),
  });
}

function transitionStep({ sizes, batch }: TransitionCase): Workload {
  const batches = transitionBatches(sizes, batch, BATCHES), tokens = batches[0].before.length / batch;
  const model = new TransitionModel(sizes, transitionParameters(sizes), frozenCodebook(sizes));
  return training({
    step(index) {
      const { before, actions, after } = batches[index];
      return read(() =>
        model.step(
          tf.tensor2d(before, [batch, tokens], "int32"),
          tf.tensor1d(actions, "int32"),
          tf.tensor2d(after, [batch, tokens], "int32"),
        )
      );
    },
    dispose: () => model.dispose(),
  });
}

function firstOf(tensor: tf.Tensor): tf.Tensor {
  return tf.slice(tf.reshape(tensor, [-1]), 0, 1);
}

/** Reads the first number of a tensor, after which everything queued before it is done too. */
async function read(work: () => tf.Tensor): Promise<number> {
  const tensor = tf.tidy(work), [value] = await tensor.data();
  tensor.dispose();
  return value;
}
