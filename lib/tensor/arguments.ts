import { dtypeOf, type HostData, isHostData, Tensor } from "./tensor.ts";
import { type DType, elements, formatShape, type Shape } from "./shape.ts";

/** Host data with a shape: an argument of a program. */
export interface HostArray {
  /** The elements, row-major. */
  readonly data: HostData;
  /** Their shape. */
  readonly shape: Shape;
}

/** What stands for one tensor among the arguments: a number (scalar), a typed array (one axis), or an array with a shape. */
export type HostLeaf = number | HostData | HostArray;

/** What `Program.run` takes where the traced function takes `T`: host data in place of each tensor. */
export type HostOf<T> = T extends Tensor ? HostLeaf : { readonly [K in keyof T]: HostOf<T[K]> };

/** What a traced function may return: tensors, in any nesting of lists and objects. */
// deno-lint-ignore no-explicit-any -- interfaces have no index signature, so a recursive type would refuse them
export type Result = any;

/** Placeholders in the structure of the host data; each is also appended to `inputs`. */
export function placeholders(value: unknown, label: string, inputs: Tensor[]): unknown {
  const leaf = (shape: Shape, dtype: DType) => {
    const input = new Tensor(shape, dtype, null, label);
    inputs.push(input);
    return input;
  };
  if (typeof value === "number") return leaf([], "f32");
  if (isHostData(value)) return leaf([value.length], dtypeOf(value));
  if (isHostArray(value)) {
    if (elements(value.shape) !== value.data.length) {
      throw new RangeError(
        `${label}: expected ${elements(value.shape)} elements for shape ${
          formatShape(value.shape)
        }, but found ${value.data.length}`,
      );
    }
    return leaf(value.shape, dtypeOf(value.data));
  }
  if (Array.isArray(value)) return value.map((item, i) => placeholders(item, `${label}[${i}]`, inputs));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, placeholders(v, `${label}.${k}`, inputs)]));
  }
  throw new TypeError(`${label}: expected numbers, typed arrays or { data, shape }, but found ${typeof value}`);
}

/** The host data in the order of the placeholders. */
export function hostLeaves(value: unknown): HostData[] {
  if (typeof value === "number") return [new Float32Array([value])];
  if (isHostData(value)) return [value];
  if (isHostArray(value)) return [value.data];
  return Object.values(value as Record<string, unknown>).flatMap(hostLeaves);
}

/** Equal for host data that one traced version serves. */
export function signature(value: unknown): unknown {
  if (typeof value === "number") return "f32";
  if (isHostData(value)) return `${dtypeOf(value)} ${value.length}`;
  if (isHostArray(value)) return [dtypeOf(value.data), value.shape];
  if (typeof value === "object" && value !== null) return Object.entries(value).map(([k, v]) => [k, signature(v)]);
  throw new TypeError(`program argument: expected numbers, typed arrays or { data, shape }, but found ${typeof value}`);
}

/** All tensors in a result. */
export function resultLeaves(result: Result): Tensor[] {
  if (result === undefined || result === null) return [];
  if (result instanceof Tensor) return [result];
  return Object.values(result).flatMap(resultLeaves);
}

/** The same structure with `replace` applied to each tensor. */
export function mapResult(result: Result, replace: (tensor: Tensor) => Tensor): Result {
  if (result === undefined || result === null) return result;
  if (result instanceof Tensor) return replace(result);
  if (Array.isArray(result)) return result.map((item) => mapResult(item, replace));
  return Object.fromEntries(Object.entries(result).map(([k, v]) => [k, mapResult(v, replace)]));
}

function isHostArray(value: unknown): value is HostArray {
  return typeof value === "object" && value !== null && "data" in value && "shape" in value && isHostData(value.data);
}
