import assert from "node:assert/strict";
import { assertClose, finiteDifference } from "./compare.ts";
import * as f64 from "./float64.ts";
import { type Nd, nd, randomIndices, randomNd } from "./float64.ts";
import { tf, tfjsGradients, tfjsValue } from "./tfjs.ts";

const exact = { relative: 1e-7, absolute: 1e-8 }; // finite differences in float64
const single = { relative: 2e-4, absolute: 2e-5 }; // tfjs computes in float32

/** Σ dy·y, whose gradient in the inputs is what a gradient function returns. */
const weighted = (y: Nd, dy: Nd) => y.data.reduce((sum, value, i) => sum + value * dy.data[i], 0);

/** Holds every gradient against finite differences of the forward loop. */
function checkGradients(
  what: string,
  inputs: readonly Nd[],
  forward: (...inputs: Nd[]) => Nd,
  backward: (dy: Nd) => readonly Nd[],
): Nd {
  const dy = randomNd(forward(...inputs).shape, 99), gradients = backward(dy);
  inputs.forEach((input, at) => {
    const slopes = finiteDifference((data) => {
      const moved = inputs.map((other, i) => i === at ? { shape: other.shape, data } : other);
      return weighted(forward(...moved), dy);
    }, input.data);
    assertClose(gradients[at], nd(input.shape, slopes), exact, `${what}, gradient of input ${at}`);
  });
  return dy;
}

/** The same against tfjs, forward and backward. */
function checkWithTfjs(
  what: string,
  inputs: readonly Nd[],
  forward: (...inputs: Nd[]) => Nd,
  backward: (dy: Nd) => readonly Nd[],
  witness: (...inputs: tf.Tensor[]) => tf.Tensor,
): void {
  const dy = checkGradients(what, inputs, forward, backward);
  assertClose(tfjsValue(witness, inputs), forward(...inputs), single, `${what}, tfjs`);
  tfjsGradients(witness, inputs, dy).forEach((gradient, i) =>
    assertClose(gradient, backward(dy)[i], single, `${what}, tfjs gradient of input ${i}`)
  );
}

for (const transposeA of [false, true]) {
  for (const transposeB of [false, true]) {
    Deno.test(`matmul, transposes ${transposeA} ${transposeB}`, () => {
      const a = randomNd(transposeA ? [2, 4, 3] : [2, 3, 4], 1), b = randomNd(transposeB ? [5, 4] : [4, 5], 2);
      const bias = randomNd([5], 3);
      for (const activation of ["none", "gelu"] as const) {
        checkGradients(
          `matmul ${activation}`,
          [a, b, bias],
          (a, b, bias) => f64.matmul(a, b, { transposeA, transposeB, bias, activation }),
          (dy) => {
            const gradient = f64.matmulGradient(a, b, dy, { transposeA, transposeB, bias, activation });
            return [gradient.a, gradient.b, gradient.bias];
          },
        );
      }
      assertClose(
        tfjsValue((a, b) => tf.matMul(a, b, transposeA, transposeB), [a, b]),
        f64.matmul(a, b, { transposeA, transposeB }),
        single,
        "tfjs",
      );
    });
  }
}

Deno.test("activations", () => {
  const x = randomNd([40], 4, 2);
  const witness = {
    relu: tf.relu,
    sigmoid: tf.sigmoid,
    tanh: tf.tanh,
    silu: (x: tf.Tensor) => tf.mul(x, tf.sigmoid(x)),
    gelu: (x: tf.Tensor) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
  };
  for (const kind of ["relu", "sigmoid", "tanh", "silu", "gelu"] as const) {
    checkWithTfjs(
      kind,
      [x],
      (x) => f64.activate(x, kind),
      (dy) => [f64.activateGradient(x, dy, kind)],
      witness[kind] as (x: tf.Tensor) => tf.Tensor,
    );
  }
});

Deno.test("erf agrees with values of the literature", () => {
  // Abramowitz and Stegun, table 7.1
  const known = [[0, 0], [0.5, 0.5204998778], [1, 0.8427007929], [2, 0.9953222650], [-1, -0.8427007929]];
  for (const [x, value] of known) assertClose([f64.erf(x)], [value], { relative: 0, absolute: 5e-11 }, `erf(${x})`);
  assert.equal(f64.erf(7), 1);
});

for (const [stride, padding, kernel] of [[2, 1, 4], [1, 0, 3], [3, 2, 5], [1, 1, 3]]) {
  Deno.test(`conv2d and its transpose, stride ${stride}, padding ${padding}, kernel ${kernel}`, () => {
    const options = { stride, padding }, weight = randomNd([kernel, kernel, 2, 3], 6), bias = randomNd([3], 7);
    const x = randomNd([2, 7, 6, 2], 5);
    checkWithTfjs(
      "conv2d",
      [x, weight, bias],
      (x, w, bias) => f64.conv2d(x, w, { ...options, bias }),
      (dy) => {
        const gradient = f64.conv2dGradient(x, weight, dy, options);
        return [gradient.x, gradient.weight, gradient.bias];
      },
      (x, w, bias) => tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, padding, "NHWC", 1, "floor"), bias),
    );
    const small = randomNd([2, 4, 3, 2], 8), transposed = randomNd([kernel, kernel, 3, 2], 9);
    const gradientOf = (dy: Nd, activation: f64.Activation = "none") => {
      const gradient = f64.convTranspose2dGradient(small, transposed, dy, { ...options, bias, activation });
      return [gradient.x, gradient.weight, gradient.bias];
    };
    const forward = (x: Nd, w: Nd, bias: Nd) => f64.convTranspose2d(x, w, { ...options, bias });
    const shape = forward(small, transposed, bias).shape as [number, number, number, number];
    checkWithTfjs("convTranspose2d", [small, transposed, bias], forward, gradientOf, (x, w, bias) => {
      return tf.add(tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, shape, stride, padding, "floor"), bias);
    });
    checkGradients(
      "convTranspose2d with sigmoid",
      [small, transposed, bias],
      (x, w, bias) => f64.convTranspose2d(x, w, { ...options, bias, activation: "sigmoid" }),
      (dy) => gradientOf(dy, "sigmoid"),
    );
  });
}

Deno.test("conv2d with different padding on each side and output padding", () => {
  const x = randomNd([1, 5, 6, 2], 1), weight = randomNd([3, 2, 2, 2], 2);
  const options = { stride: [2, 3], padding: [0, 1, 2, 1] } as const;
  checkGradients("conv2d", [x, weight], (x, w) => f64.conv2d(x, w, options), (dy) => {
    const gradient = f64.conv2dGradient(x, weight, dy, options);
    return [gradient.x, gradient.weight];
  });
  const extra = { stride: 2, padding: 1, outputPadding: 1 };
  assert.deepEqual(f64.convTranspose2d(x, randomNd([3, 3, 4, 2], 3), extra).shape, [1, 10, 12, 4]);
});

Deno.test("softmax, layer norm, group norm", () => {
  const x = randomNd([3, 4, 6], 1), scale = randomNd([6], 2), shift = randomNd([6], 3);
  checkWithTfjs("softmax", [x], f64.softmax, (dy) => [f64.softmaxGradient(x, dy)], (x) => tf.softmax(x));
  const normalised = (x: tf.Tensor, axes: number[]) => {
    const { mean, variance } = tf.moments(x, axes, true);
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  };
  checkWithTfjs("layer norm", [x, scale, shift], (x, a, b) => f64.layerNorm(x, a, b), (dy) => {
    const gradient = f64.layerNormGradient(x, scale, dy);
    return [gradient.x, gradient.scale, gradient.shift];
  }, (x, a, b) => tf.add(tf.mul(normalised(x, [2]), a), b));
  const picture = randomNd([2, 3, 2, 6], 4);
  checkWithTfjs("group norm", [picture, scale, shift], (x, a, b) => f64.groupNorm(x, a, b, 3), (dy) => {
    const gradient = f64.groupNormGradient(picture, scale, dy, 3);
    return [gradient.x, gradient.scale, gradient.shift];
  }, (x, a, b) => {
    const split = normalised(tf.reshape(x, [2, 3, 2, 3, 2]), [1, 2, 4]);
    return tf.add(tf.mul(tf.reshape(split, [2, 3, 2, 6]), a), b);
  });
});

for (const causal of [false, true]) {
  Deno.test(`attention, causal ${causal}`, () => {
    const [q, k, v] = [1, 2, 3].map((seed) => randomNd([2, 5, 6], seed)), options = { heads: 2, causal };
    const heads = (x: tf.Tensor) => tf.transpose(tf.reshape(x, [2, 5, 2, 3]), [0, 2, 1, 3]);
    const mask = tf.tensor(Array.from({ length: 25 }, (_, i) => causal && i % 5 > Math.floor(i / 5) ? -1e9 : 0), [
      5,
      5,
    ]);
    checkWithTfjs(
      "attention",
      [q, k, v],
      (q, k, v) => f64.attention(q, k, v, options),
      (dy) => {
        const gradient = f64.attentionGradient(q, k, v, dy, options);
        return [gradient.q, gradient.k, gradient.v];
      },
      (q, k, v) => {
        const scores = tf.mul(tf.matMul(heads(q), heads(k), false, true), 1 / Math.sqrt(3));
        const mixed = tf.matMul(tf.softmax(tf.add(scores, mask)), heads(v));
        return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [2, 5, 6]);
      },
    );
  });
}

Deno.test("losses", () => {
  const logits = randomNd([6, 4], 1, 3), targets = randomIndices(6, 4, 2), weights = [1, 0, 2, 0.5, 1, 3];
  checkWithTfjs(
    "cross-entropy rows",
    [logits],
    (x) => f64.crossEntropyRows(x, targets),
    (dy) => [f64.crossEntropyRowsGradient(logits, targets, dy.data)],
    (x) => tf.neg(tf.sum(tf.mul(tf.logSoftmax(x), tf.oneHot(tf.tensor1d(targets, "int32"), 4)), 1)),
  );
  const mean = f64.crossEntropy(logits, targets, weights);
  const slopes = finiteDifference((data) => f64.crossEntropy({ ...logits, data }, targets, weights).loss, logits.data);
  assertClose(mean.gradient, nd([6, 4], slopes), exact, "weighted cross-entropy");
  const a = randomNd([7], 3), b = randomNd([7], 4), mse = f64.meanSquaredError(a, b);
  for (const [x, gradient] of [[a, mse.a], [b, mse.b]]) {
    const slopes = finiteDifference((data) => {
      return f64.meanSquaredError(x === a ? { ...a, data } : a, x === b ? { ...b, data } : b).loss;
    }, x.data);
    assertClose(gradient, nd([7], slopes), exact, "mean squared error");
  }
});

Deno.test("lookup and its gradient, segments, counts", () => {
  const table = randomNd([5, 3], 1), indices = [4, 0, 4, 2];
  checkGradients("embedding", [table], (t) => f64.embedding(t, indices), (dy) => [f64.scatterAdd(dy, indices, 5)]);
  const { counts, sums } = f64.segmentSums(nd([4, 1], [1, 2, 4, 8]), indices, 5);
  assert.deepEqual([...counts.data], [1, 0, 1, 0, 2]);
  assert.deepEqual([...sums.data], [2, 0, 8, 0, 5]);
  const triples = f64.transitionCounts([1, 1, 0], [0, 0, 1], [1, 1, 0], 2, 2);
  assert.deepEqual([...triples.data], [0, 0, 1, 0, 0, 2, 0, 0]);
  assert.deepEqual([...f64.gatherFrames(Uint8Array.of(1, 2, 3, 4), 2, [1, 0], 0.5).data], [1.5, 2, 0.5, 1]);
});

Deno.test("nearest code and top-k take the lowest index on ties", () => {
  const { indices, gap } = f64.nearestCode(nd([2, 1], [0, 5]), nd([4, 1], [1, -1, 4, 4]));
  assert.deepEqual([[...indices], [...gap]], [[0, 2], [0, 0]]);
  const top = f64.topK(nd([1, 5], [2, 7, 1, 7, 3]), 3);
  assert.deepEqual([[...top.indices], [...top.values.data]], [[1, 3, 4], [7, 7, 3]]);
});

Deno.test("reductions over any axes and broadcasting", () => {
  const x = randomNd([2, 3, 4], 1);
  for (const axes of [undefined, [0], [1], [2], [0, 2], [-1, 0]]) {
    for (const kind of ["sum", "mean", "max", "min", "sumOfSquares"] as const) {
      const name = `${kind} over ${axes}`;
      checkGradients(name, [x], (x) => f64.reduce(x, kind, axes), (dy) => [f64.reduceGradient(x, dy, kind, axes)]);
      if (kind !== "sumOfSquares") {
        assertClose(tfjsValue((x) => tf[kind](x, axes), [x]), f64.reduce(x, kind, axes), single, name);
      }
    }
  }
  const a = randomNd([2, 1, 4], 2), b = randomNd([3, 1], 3);
  checkGradients("a·b", [a, b], (a, b) => f64.binary(a, b, (a, b) => a * b), (dy) => {
    const gradient = f64.binaryGradient(a, b, dy, (_, b) => b, (a) => a);
    return [gradient.a, gradient.b];
  });
  assert.deepEqual([...f64.argExtreme(nd([2, 3], [1, 3, 3, 0, -1, -1]), 1)], [1, 0]);
  assert.deepEqual(f64.reduce(x, "sum", [1], true).shape, [2, 1, 4]);
});

Deno.test("Adam as tfjs computes it, and clipping", () => {
  const parameter = randomNd([4], 1), optimizer = tf.train.adam(0.01, 0.9, 0.999, 1e-8);
  const variable = tf.variable(tf.tensor1d(Float32Array.from(parameter.data)));
  const state = { parameter, firstMoment: f64.zeros([4]), secondMoment: f64.zeros([4]) };
  for (let step = 1; step <= 3; step++) {
    const gradient = randomNd([4], 10 + step);
    f64.adamStep({ ...state, gradient }, { learningRate: 0.01, step });
    optimizer.applyGradients([{ name: variable.name, tensor: tf.tensor1d(Float32Array.from(gradient.data)) }]);
  }
  assertClose(variable.dataSync(), parameter, single, "three steps of Adam");
  assert.equal(f64.globalNorm([nd([2], [3, 0]), nd([1], [4])]), 5);
  assert.equal(f64.clipCoefficient(0.5, 1), 1);
  // AdamW shrinks the parameter by lr·wd before the step; without gradient nothing else happens.
  const decayed = nd([1], [2]);
  const still = {
    parameter: decayed,
    gradient: nd([1], [0]),
    firstMoment: f64.zeros([1]),
    secondMoment: f64.zeros([1]),
  };
  f64.adamStep(still, { learningRate: 0.1, weightDecay: 0.5, step: 1 });
  assertClose(decayed, [1.9], { relative: 1e-15, absolute: 0 }, "decay");
});

Deno.test("Philox 4x32-10 gives the known answers of its authors", () => {
  // kat_vectors of Random123
  const all = 0xffffffff;
  assert.deepEqual(f64.philox4x32([0, 0, 0, 0], [0, 0]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  assert.deepEqual(f64.philox4x32([all, all, all, all], [all, all]), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
  assert.deepEqual(
    f64.philox4x32([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]),
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  );
});

Deno.test("assertClose names the worst element", () => {
  const tolerance = { relative: 0.1, absolute: 0 };
  assertClose([1.05, Infinity], [1, Infinity], tolerance, "near");
  assert.throws(
    () => assertClose(nd([2, 2], [1, 2, 3, 9]), nd([2, 2], [1, 2, 4, 4]), tolerance, "x"),
    /\[1, 1\].*found 9/,
  );
  assert.throws(() => assertClose([NaN], [0], tolerance, "x"), /found NaN/);
  assert.throws(() => assertClose([1], [1, 2], tolerance, "x"), /expected 2 numbers but found 1/);
});
