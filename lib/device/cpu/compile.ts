import { DeviceError, type KernelSource } from "../device.ts";
import { check } from "./checker.ts";
import { emitModule } from "./emit_wasm.ts";
import { lower } from "./lower.ts";
import type { LowerOptions } from "./lower_memory.ts";
import { parse } from "./parser.ts";
import { explain, Problem } from "./problem.ts";
import { opcode } from "./opcodes.ts";

/** A buffer that a kernel binds. */
export interface CompiledBinding {
  /** N of `@binding(N)`. */
  readonly binding: number;
  /** Name of the variable. */
  readonly name: string;
  /** Fewest bytes that may be bound. */
  readonly minBytes: number;
  /** True if the kernel may write to it. */
  readonly write: boolean;
}

/** A kernel as WebAssembly, and what it needs to run. */
export interface Compiled {
  /** A module that imports the shared memory `env.memory` and exports `run(arguments, first, count, scratch)`. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** Bindings in the order of the argument block. */
  readonly bindings: readonly CompiledBinding[];
  /** Every binding that the module declares. */
  readonly declared: readonly number[];
  /** Invocations of a workgroup along x, y, z. */
  readonly workgroupSize: readonly [number, number, number];
  /** Bytes of workgroup variables. */
  readonly workgroupBytes: number;
  /** Bytes that each thread must give as scratch memory: workgroup variables and invocations. */
  readonly scratchBytes: number;
  /** Contents of constant arrays, to be put into memory. */
  readonly constants: Uint8Array<ArrayBuffer>;
}

let relaxedKnown: boolean | undefined;

/** Most locals and bytes of a function that engines take (WebAssembly JavaScript interface, implementation limits). */
const MAX_LOCALS = 50_000;
const MAX_FUNCTION_BYTES = 7_654_321;

/** True if this engine runs relaxed SIMD, which has fused multiply-add. */
export function hasRelaxedSimd(): boolean {
  const madd = opcode("f32x4.relaxed_madd");
  const body = [0, 0x20, 0, 0x20, 0, 0x20, 0, ...madd, 0x0b];
  const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x7b, 1, 0x7b, 3, 2, 1, 0];
  relaxedKnown ??= WebAssembly.validate(new Uint8Array([...bytes, 10, body.length + 2, 1, body.length, ...body]));
  return relaxedKnown;
}

/**
 * Compiles a WGSL kernel to WebAssembly.
 *
 * @throws DeviceError with file, line, column, source line and advice for text that is not WGSL of the subset.
 */
export function compile(
  source: KernelSource,
  constants: Readonly<Record<string, number>> = {},
  options: Partial<LowerOptions> = {},
): Compiled {
  const { name, code, entry = "main" } = expectSource(source);
  expectNumbers(name, constants);
  try {
    const checked = check(parse(code), constants, entry);
    const lowered = lower(checked, { checked: true, strict: false, relaxed: hasRelaxedSimd(), ...options });
    const wasm = emitModule(lowered.functions);
    if (lowered.functions.some((f) => f.locals.length > MAX_LOCALS) || wasm.length > MAX_FUNCTION_BYTES) {
      throw new Problem(
        checked.entry.at,
        "this kernel is too large once every function is written out where it is called",
        "Call functions from loops instead of many times in a row, or split the kernel.",
      );
    }
    return {
      wasm,
      bindings: lowered.bindings.map(({ binding, symbol, minBytes }) => ({
        binding,
        name: symbol.name,
        minBytes,
        write: symbol.write ?? false,
      })),
      declared: checked.bound.map((bound) => bound.binding),
      workgroupSize: checked.workgroupSize,
      workgroupBytes: lowered.workgroupBytes,
      scratchBytes: lowered.scratchBytes,
      constants: lowered.constants,
    };
  } catch (error) {
    if (error instanceof Problem) throw new DeviceError(explain(error, name, code));
    // The stages of the compiler call themselves for what stands inside; only such a text makes them run out of stack.
    if (error instanceof RangeError && /call stack/.test(error.message)) {
      throw new DeviceError(
        `${name}.wgsl: expected at most some thousand levels of brackets, blocks or operators but found more. ` +
          "Give parts of a long expression names with let, and put inner blocks into functions.",
      );
    }
    throw error;
  }
}

/** @throws DeviceError if this is not `{ name, code }`, as in JavaScript it may be. */
function expectSource(source: KernelSource): KernelSource {
  if (typeof source?.name === "string" && typeof source.code === "string") return source;
  const found = typeof source === "object" && source !== null
    ? `name: ${typeof source.name}, code: ${typeof source.code}`
    : typeof source;
  throw new DeviceError(
    `expected a kernel as { name, code }, a name for errors and the WGSL text, but found ${found}. ` +
      'Read a file with Deno.readTextFile, or import it with { type: "text" }.',
  );
}

/** @throws DeviceError if an override gets something that is no finite number. */
function expectNumbers(name: string, constants: Readonly<Record<string, number>>): void {
  for (const [key, value] of Object.entries(constants)) {
    if (Number.isFinite(value)) continue;
    const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
    throw new DeviceError(
      `kernel ${name}, constant ${key}: expected a finite number but found ${shown}. ` +
        "Leave the constant out to keep the override's own value; true is 1 and false is 0.",
    );
  }
}
