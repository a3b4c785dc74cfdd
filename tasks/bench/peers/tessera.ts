/** Ourselves, behind the same interface as the others. */
import { type DeviceKind, openDevice } from "../../../lib/device/mod.ts";
import type { Device } from "../../../lib/device/mod.ts";
import { autoencoderLoss, transitionLoss, VqWorldModel } from "../../../lib/models/mod.ts";
import {
  compile,
  conv2d,
  gradients,
  matmul as product,
  mean,
  reshape,
  slice,
  square,
  type Tensor,
  tensor,
} from "../../../lib/tensor/mod.ts";
import { AdamW } from "../../../lib/train/mod.ts";
import { frameBatches, reconstructionWeight, transitionBatches } from "../cases/batches.ts";
import type { AutoencoderCase, Case, ConvCase, MatmulCase, TransitionCase } from "../cases/case.ts";
import { convInputs, matmulInputs } from "../cases/inputs.ts";
import {
  autoencoderParameters,
  frozenCodebook,
  type ModelSizes,
  TRAINING,
  transitionParameters,
  type Values,
} from "../cases/model.ts";
import { CannotDo, type Peer, type Workload } from "./peer.ts";
import { BATCHES, training } from "./training.ts";

/** @throws CannotDo when this machine has no such device */
export async function openTessera(kind: DeviceKind, threads?: number): Promise<Peer> {
  const device = await openDevice({ kind, threads }).catch((error) => {
    throw new CannotDo(error.message);
  });
  return { device: device.name, prepare: (entry) => Promise.resolve(workload(entry, device)) };
}

function workload(entry: Case, device: Device): Workload {
  switch (entry.kind) {
    case "matmul":
      return matmul(entry, device);
    case "conv":
      return conv(entry, device);
    case "autoencoder step":
      return autoencoderStep(entry, device);
    case "transition step":
      return transitionStep(entry, device);
  }
}

function matmul(entry: MatmulCase, device: Device): Workload {
  const shape = [entry.size, entry.size], inputs = matmulInputs(entry);
  const a = tensor(device, inputs.a, shape), b = tensor(device, inputs.b, shape);
  const program = compile(device, () => {
    const y = product(a, b);
    return { y, first: firstOf(y) };
  });
  return {
    run: () => program.run().first.item(),
    results: async () => ({ product: await program.run().y.data() as Float32Array }),
    dispose: () => disposeAll(a, b, program),
  };
}

function conv(entry: ConvCase, device: Device): Workload {
  const { batch, side, channels, backward } = entry, inputs = convInputs(entry);
  const x = tensor(device, inputs.x, [batch, side, side, channels[0]]);
  const layers = inputs.layers.map(({ weight, bias }, i) => ({
    weight: tensor(device, weight, [4, 4, channels[i], channels[i + 1]]),
    bias: tensor(device, bias, [channels[i + 1]]),
  }));
  const program = compile(device, () => {
    const y = layers.reduce(
      (x, { weight, bias }) => conv2d(x, weight, { bias, stride: 2, padding: 1, activation: "relu" }),
      x,
    );
    if (!backward) return { first: firstOf(y), found: [y] };
    const loss = mean(square(y));
    const found = gradients(loss, [...layers.map(({ weight }) => weight), ...layers.map(({ bias }) => bias)]);
    return { first: loss, found };
  });
  return {
    run: () => program.run().first.item(),
    async results() {
      const data = await Promise.all(program.run().found.map((found) => found.data())) as Float32Array[];
      if (!backward) return { output: data[0] };
      return Object.fromEntries(layers.map((_, i) => [`gradient ${i}`, data[i]]));
    },
    dispose: () => disposeAll(x, ...layers.flatMap(({ weight, bias }) => [weight, bias]), program),
  };
}

function autoencoderStep({ sizes, batch }: AutoencoderCase, device: Device): Workload {
  const batches = frameBatches(sizes, batch, BATCHES), weight = reconstructionWeight(batches);
  const initial = autoencoderParameters(sizes), model = placeModel(sizes, initial, device);
  const chosen = model.autoencoderParameters;
  model.quantizer.state.count.write(new Float32Array(sizes.codes).fill(1));
  model.quantizer.state.sum.write(initial["quantizer.embedding.weight"].data);
  const optimiser = new AdamW(device, model.parameters, settings(TRAINING.learningRate.autoencoder), chosen);
  const program = compile(device, (frames: Tensor) => {
    const { losses } = autoencoderLoss(model, frames, weight);
    optimiser.update(gradients(losses.total, chosen));
    return losses.total;
  });
  const inputs = batches.map((data) => ({ data, shape: [batch, sizes.side, sizes.side, 1] }));
  return training({
    step: (index) => program.run(inputs[index]).item(),
    dispose: () => disposeAll(program, optimiser, model),
  });
}

function transitionStep({ sizes, batch }: TransitionCase, device: Device): Workload {
  const batches = transitionBatches(sizes, batch, BATCHES), tokens = batches[0].before.length / batch;
  const codebook = { "quantizer.embedding.weight": frozenCodebook(sizes) };
  const model = placeModel(sizes, { ...transitionParameters(sizes), ...codebook }, device);
  const chosen = model.transitionParameters;
  const optimiser = new AdamW(device, model.parameters, settings(TRAINING.learningRate.transition), chosen);
  const program = compile(device, (before: Tensor, actions: Tensor, after: Tensor) => {
    const { loss } = transitionLoss(model, before, actions, after, null);
    optimiser.update(gradients(loss, chosen));
    return loss;
  });
  const codes = (data: Int32Array) => ({ data, shape: [batch, tokens] });
  return training({
    step(index) {
      const { before, actions, after } = batches[index];
      return program.run(codes(before), actions, codes(after)).item();
    },
    dispose: () => disposeAll(program, optimiser, model),
  });
}

function placeModel(sizes: ModelSizes, initial: Values, device: Device): VqWorldModel {
  const { side, width, channels, codes, hidden, blocks, heads, actions } = sizes;
  const model = new VqWorldModel({
    imageSide: side,
    channels,
    codes,
    codeWidth: width,
    hidden,
    blocks,
    heads,
    actions,
    dropout: 0,
    decay: TRAINING.emaDecay,
    positions: 0.5,
  }, 0).place(device);
  for (const [name, { data }] of Object.entries(initial)) model.parameters.get(name).write(data);
  return model;
}

/** One number, to wait for. */
function firstOf(y: Tensor): Tensor {
  return slice(reshape(y, [y.size]), 0, 0, 1);
}

function settings(learningRate: number) {
  const { weightDecay, clipNorm, beta1, beta2, epsilon } = TRAINING;
  return { learningRate, weightDecay, clipNorm, beta1, beta2, epsilon };
}

function disposeAll(...things: readonly { dispose(): void }[]): void {
  for (const thing of things) thing.dispose();
}
