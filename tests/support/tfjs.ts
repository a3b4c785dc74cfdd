/** TensorFlow.js on its plain JavaScript backend (float32) as an independent witness of operations and gradients. */
import * as tf from "@tensorflow/tfjs";
import { type Nd, nd } from "./float64.ts";

tf.env().set("PROD", true); // no banner
await tf.setBackend("cpu");

export { tf };

/** What f computes from these inputs. Integer inputs may be closed over as tensors. */
export function tfjsValue(f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: readonly Nd[]): Nd {
  return scoped(() => toNd(f(...inputs.map(toTensor))));
}

/** Gradients of Σ dy·f(inputs) for every input. Without `dy`, of the sum of f. */
export function tfjsGradients(f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: readonly Nd[], dy?: Nd): Nd[] {
  return scoped(() => {
    const upstream = dy ? toTensor(dy) : undefined;
    return tf.grads((...args) => f(...args))(inputs.map(toTensor), upstream).map(toNd);
  });
}

function toTensor(x: Nd): tf.Tensor {
  return tf.tensor(Float32Array.from(x.data), [...x.shape], "float32");
}

function toNd(x: tf.Tensor): Nd {
  return nd(x.shape, x.dataSync());
}

/** Runs f and gives back the memory of every tensor it made. */
function scoped<T>(f: () => T): T {
  tf.engine().startScope();
  try {
    return f();
  } finally {
    tf.engine().endScope();
  }
}
