/**
 * What a WGSL page declares: overrides, and the buffers that one entry point really uses.
 *
 * WebGPU's own `layout: "auto"` drops a binding that the shader does not use, so the same list of bindings would fit one
 * variant of a kernel and not the next. Reading the declarations gives every kernel an explicit layout instead.
 */
import { DeviceError, type KernelSource } from "./device.ts";

/** Access of one `var<storage…>` or `var<uniform>`. */
export type Access = "read" | "read_write" | "uniform";

/** What the host must give to one entry point. */
export interface Declarations {
  /** `access[i]` is how the entry point uses `@binding(i)`; absent when it does not. */
  readonly access: ReadonlyMap<number, Access>;
  /** One more than the highest `@binding` that the page declares, used or not. */
  readonly declaredBindings: number;
  /** Names of overrides; true when the page gives a default. */
  readonly overrides: ReadonlyMap<string, boolean>;
}

/** Replaces comments by spaces of the same length, so that offsets stay true. */
export function blankComments(code: string): string {
  const out = code.split("");
  for (let i = 0; i < code.length; i++) {
    const line = code.startsWith("//", i);
    if (!line && !code.startsWith("/*", i)) continue;
    let end = line ? code.indexOf("\n", i) : endOfBlockComment(code, i);
    if (end < 0) end = code.length;
    for (let j = i; j < end; j++) if (code[j] !== "\n") out[j] = " ";
    i = end - 1;
  }
  return out.join("");
}

/** WGSL block comments nest. */
function endOfBlockComment(code: string, start: number): number {
  let depth = 0;
  for (let i = start; i < code.length - 1; i++) {
    const two = code.slice(i, i + 2);
    if (two === "/*") depth++, i++;
    else if (two === "*/") {
      if (--depth === 0) return i + 2;
      i++;
    }
  }
  return code.length;
}

/** Reads the declarations that matter for one entry point. @throws DeviceError naming the page when it cannot serve. */
export function readDeclarations(source: KernelSource): Declarations {
  const code = blankComments(source.code);
  const entry = source.entry ?? "main";
  const bodies = functionBodies(code);
  if (!bodies.has(entry)) {
    const found = [...bodies.keys()].join(", ") || "no function at all";
    throw new DeviceError(
      `kernel ${source.name}: expected an entry point "${entry}" but found ${found}; name one of these as \`entry\``,
    );
  }
  const used = reachableNames(bodies, entry);
  const access = new Map<number, Access>();
  let declaredBindings = 0;
  const buffers = /((?:@\w+\s*\(\s*\w+\s*\)\s*)+)var\s*<\s*(storage|uniform)\s*(?:,\s*(read_write|read)\s*)?>\s*(\w+)/g;
  for (const [, attributes, space, mode, name] of code.matchAll(buffers)) {
    const binding = attribute(attributes, "binding");
    const group = attribute(attributes, "group");
    if (group !== 0 || binding === null) {
      throw new DeviceError(
        `kernel ${source.name}: expected "@group(0) @binding(number)" on "${name}" but found "${attributes.trim()}"; ` +
          "all buffers of a kernel stand in group 0",
      );
    }
    declaredBindings = Math.max(declaredBindings, binding + 1);
    if (used.has(name)) access.set(binding, space === "uniform" ? "uniform" : mode === "read_write" ? mode : "read");
  }
  const overrides = new Map<string, boolean>();
  for (const [, name, init] of code.matchAll(/\boverride\s+(\w+)\s*(?::\s*\w+\s*)?(=)?/g)) {
    overrides.set(name, init !== undefined);
  }
  return { access, declaredBindings, overrides };
}

/** The same page with some `read` bindings declared `read_write`; everything keeps its line, columns may move. */
export function withWritableBindings(code: string, bindings: ReadonlySet<number>): string {
  const plain = blankComments(code);
  const pattern = /((?:@\w+\s*\(\s*\w+\s*\)\s*)+var\s*<\s*storage)\s*(?:,\s*read\s*)?>/g;
  return plain.replace(pattern, (whole, head: string) => {
    const binding = attribute(head, "binding");
    return binding !== null && bindings.has(binding) ? `${head}, read_write>` : whole;
  });
}

function attribute(attributes: string, name: string): number | null {
  const found = attributes.match(new RegExp(`@${name}\\s*\\(\\s*(\\d+)u?\\s*\\)`));
  return found ? Number(found[1]) : null;
}

/** Text of each function, by name. */
function functionBodies(code: string): Map<string, string> {
  const bodies = new Map<string, string>();
  for (const found of code.matchAll(/\bfn\s+(\w+)\s*\(/g)) {
    const open = code.indexOf("{", found.index);
    if (open < 0) continue;
    let depth = 0;
    let end = open;
    for (; end < code.length; end++) {
      if (code[end] === "{") depth++;
      else if (code[end] === "}" && --depth === 0) break;
    }
    bodies.set(found[1], code.slice(found.index, end + 1));
  }
  return bodies;
}

/** Every name in the entry point and in the functions it reaches. */
function reachableNames(bodies: Map<string, string>, entry: string): Set<string> {
  const names = new Set<string>();
  const open = [entry];
  const seen = new Set(open);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const [word] of bodies.get(name)!.matchAll(/(?<![.\w])[A-Za-z_]\w*/g)) {
      names.add(word);
      if (bodies.has(word) && !seen.has(word)) seen.add(word), open.push(word);
    }
  }
  return names;
}
