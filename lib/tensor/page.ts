import type { KernelSource } from "../device/device.ts";

/** The two forms of a page whose elements are `alias V`: scalars as written, and vectors of four. */
export interface Page {
  readonly scalar: KernelSource;
  readonly vector: KernelSource;
}

/** Both forms of a kernel page. `edit` adapts the text further where a size must be a constant (array lengths). */
export function pageOf(name: string, text: string, edit = (text: string, _width: 1 | 4) => text): Page {
  const wide = text.replace(/^alias V = (\w+);/m, "alias V = vec4<$1>;");
  return { scalar: { name, code: edit(text, 1) }, vector: { name: `${name} vec4`, code: edit(wide, 4) } };
}
