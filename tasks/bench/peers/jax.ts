/** The peer jax-js, compiled with its `jit`, on WebGPU or WebAssembly. */
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { frameBatches, reconstructionWeight, transitionBatches } from "../cases/batches.ts";
import type { AutoencoderCase, Case, ConvCase, MatmulCase, TransitionCase } from "../cases/case.ts";
import { convInputs, matmulInputs } from "../cases/inputs.ts";
import { autoencoderParameters, frozenCodebook, transitionParameters } from "../cases/model.ts";
import { Autoencoder } from "./jax/autoencoder.ts";
import { type Arrays, arrays, conv as convLayer } from "./jax/layers.ts";
import { TransitionModel } from "./jax/transition.ts";
import { CannotDo, type Peer, type Workload } from "./peer.ts";
import { BATCHES, training } from "./training.ts";

export async function openJax(backend: "webgpu" | "wasm", device: string): Promise<Peer> {
  if (!(await init(backend)).includes(backend)) throw new CannotDo(`jax-js could not start its ${backend} back end`);
  defaultDevice(backend);
  return { device, prepare: (entry) => Promise.resolve(workload(entry)) };
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
  const shape = [entry.size, entry.size], inputs = matmulInputs(entry);
  const a = np.array(inputs.a, { shape }), b = np.array(inputs.b, { shape });
  const product = jit((a: np.Array, b: np.Array) => np.matmul(a, b));
  return {
    run: async () => (await product(a.ref, b.ref).slice(0, 0).data())[0],
    results: async () => ({ product: await product(a.ref, b.ref).data() as Float32Array }),
    dispose() {
      a.dispose();
      b.dispose();
      product.dispose();
    },
  };
}

function conv(entry: ConvCase): Workload {
  const { batch, side, channels, backward } = entry, inputs = convInputs(entry);
  const x = np.transpose(np.array(inputs.x, { shape: [batch, side, side, channels[0]] }), [0, 3, 1, 2]);
  const layers = arrays(Object.fromEntries(inputs.layers.flatMap(({ weight, bias }, i) => [
    [`${i}.weight`, { shape: [4, 4, channels[i], channels[i + 1]], data: weight }],
    [`${i}.bias`, { shape: [channels[i + 1]], data: bias }],
  ])));
  const forward = (layers: Arrays, x: np.Array) =>
    inputs.layers.reduce((x, _, i) => nn.relu(convLayer(layers, `${i}`, x)), x);
  const keep = (tree: Arrays): Arrays =>
    Object.fromEntries(Object.entries(tree).map(([name, leaf]) => [name, leaf.ref]));
  const output = jit(forward);
  const gradients = jit((layers: Arrays, x: np.Array) => {
    const loss = (layers: Arrays, x: np.Array) => np.mean(np.square(forward(layers, x)));
    const [value, gradient] = valueAndGrad(loss)(layers, x);
    return [value, gradient as Arrays] as [np.Array, Arrays];
  });
  return {
    async run() {
      if (!backward) return (await output(keep(layers), x.ref).slice(0, 0, 0, 0).data())[0];
      const [value, gradient] = gradients(keep(layers), x.ref) as [np.Array, Arrays];
      await blockUntilReady(gradient);
      disposeAll(gradient);
      return (await value.data())[0];
    },
    async results() {
      if (!backward) {
        return { output: await np.transpose(output(keep(layers), x.ref), [0, 2, 3, 1]).data() as Float32Array };
      }
      const [value, gradient] = gradients(keep(layers), x.ref) as [np.Array, Arrays],
        found: Record<string, Float32Array> = {};
      for (let i = 0; i < inputs.layers.length; i++) {
        const weight = np.transpose(gradient[`${i}.weight`], [2, 3, 1, 0]);
        found[`gradient ${i}`] = await weight.data() as Float32Array;
        gradient[`${i}.bias`].dispose();
      }
      value.dispose();
      return found;
    },
    dispose() {
      x.dispose();
      disposeAll(layers);
      output.dispose();
      gradients.dispose();
    },
  };
}

function autoencoderStep({ sizes, batch }: AutoencoderCase): Workload {
  const batches = frameBatches(sizes, batch, BATCHES), weight = reconstructionWeight(batches);
  const model = new Autoencoder(sizes, autoencoderParameters(sizes), weight);
  return training({
    async step(index) {
      const frames = np.array(batches[index].slice(), { shape: [batch, 1, sizes.side, sizes.side] });
      return (await model.step(frames).data())[0];
    },
    settle: () => model.ready(),
    dispose: () => model.dispose(),
  });
}

function transitionStep({ sizes, batch }: TransitionCase): Workload {
  const batches = transitionBatches(sizes, batch, BATCHES), tokens = batches[0].before.length / batch;
  const model = new TransitionModel(sizes, transitionParameters(sizes), frozenCodebook(sizes));
  const codes = (data: Int32Array, shape: number[]) => np.array(data.slice(), { shape, dtype: np.int32 });
  return training({
    async step(index) {
      const { before, actions, after } = batches[index];
      const loss = model.step(codes(before, [batch, tokens]), codes(actions, [batch]), codes(after, [batch, tokens]));
      return (await loss.data())[0];
    },
    settle: () => model.ready(),
    dispose: () => model.dispose(),
  });
}

function disposeAll(tree: Arrays): void {
  for (const leaf of Object.values(tree)) leaf.dispose();
}
