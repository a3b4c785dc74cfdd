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
  try {
    const checked = check(parse(source.code), constants, source.entry ?? "main");
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
    if (error instanceof Problem) throw new DeviceError(explain(error, source.name, source.code));
    throw error;
  }
}
