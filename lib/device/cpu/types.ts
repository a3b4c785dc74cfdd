/** The types of WGSL that the compiler knows, their names, and how they lie in memory (WGSL specification, section 14.4). */

export type ScalarName = "bool" | "i32" | "u32" | "f32" | "abstract-int" | "abstract-float";
export type Space = "function" | "private" | "workgroup" | "uniform" | "storage";

export interface ScalarType {
  readonly kind: "scalar";
  readonly scalar: ScalarName;
}
export interface VectorType {
  readonly kind: "vector";
  readonly size: number;
  readonly scalar: ScalarName;
}
export interface ArrayType {
  readonly kind: "array";
  readonly element: Type;
  /** `null` for an array sized by its binding. */
  readonly count: number | null;
  /** Set for matrices, which are arrays of column vectors with a name of their own. */
  readonly matrix?: boolean;
}
export interface StructType {
  readonly kind: "struct";
  readonly name: string;
  readonly members: readonly Member[];
}
export interface Member {
  readonly name: string;
  readonly type: Type;
  readonly offset: number;
  /** Bytes whose multiples the member starts at, and bytes it takes, where `@align` and `@size` change them. */
  readonly align?: number;
  readonly size?: number;
  /** `@builtin(...)` of an entry point's input, if it has one. */
  readonly builtin?: string;
}
export interface AtomicType {
  readonly kind: "atomic";
  readonly scalar: ScalarName;
}
export interface PointerType {
  readonly kind: "pointer";
  readonly space: Space;
  readonly write: boolean;
  readonly target: Type;
}
export interface VoidType {
  readonly kind: "void";
}
export type Type = ScalarType | VectorType | ArrayType | StructType | AtomicType | PointerType | VoidType;

/** A value known at compile time: a number (booleans are 0 and 1), or the parts of a vector, array or struct. */
export type ConstValue = number | readonly ConstValue[];

const scalar = (name: ScalarName): ScalarType => ({ kind: "scalar", scalar: name });
export const BOOL = scalar("bool");
export const I32 = scalar("i32");
export const U32 = scalar("u32");
export const F32 = scalar("f32");
export const ABSTRACT_INT = scalar("abstract-int");
export const ABSTRACT_FLOAT = scalar("abstract-float");
export const VOID: VoidType = { kind: "void" };

export function vector(size: number, name: ScalarName): VectorType {
  return { kind: "vector", size, scalar: name };
}

/** A matrix of f32 by columns. */
export function matrix(columns: number, rows: number): ArrayType {
  return { kind: "array", element: vector(rows, "f32"), count: columns, matrix: true };
}

export const isMatrix = (type: Type): type is ArrayType & { matrix: true } =>
  type.kind === "array" && type.matrix === true;

/** A type of the same shape (scalar or vector) as `like`, with another component. */
export function withScalar(like: Type, name: ScalarName): Type {
  return like.kind === "vector" ? vector(like.size, name) : scalar(name);
}

/** Component of a scalar, vector or atomic; undefined for every other type. */
export function scalarOf(type: Type): ScalarName | undefined {
  return type.kind === "scalar" || type.kind === "vector" || type.kind === "atomic" ? type.scalar : undefined;
}

export const isFloat = (name?: ScalarName): boolean => name === "f32" || name === "abstract-float";
export const isInteger = (name?: ScalarName): boolean => name === "i32" || name === "u32" || name === "abstract-int";
export const isAbstract = (type: Type): boolean =>
  type.kind === "array" ? isAbstract(type.element) : scalarOf(type)?.startsWith("abstract") ?? false;

/** The type as WGSL writes it. Two types are the same when their names are. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case "scalar":
      return type.scalar;
    case "vector":
      return `vec${type.size}<${type.scalar}>`;
    case "array":
      if (type.matrix) return `mat${type.count}x${(type.element as VectorType).size}<f32>`;
      return type.count === null
        ? `array<${typeName(type.element)}>`
        : `array<${typeName(type.element)}, ${type.count}>`;
    case "struct":
      return type.name;
    case "atomic":
      return `atomic<${type.scalar}>`;
    case "pointer":
      return `ptr<${type.space}, ${typeName(type.target)}>`;
    case "void":
      return "nothing";
  }
}

export const sameType = (a: Type, b: Type): boolean => a === b || typeName(a) === typeName(b);

export const roundUp = (bytes: number, to: number): number => Math.ceil(bytes / to) * to;

/** Bytes whose multiples a value of this type starts at. */
export function alignOf(type: Type): number {
  switch (type.kind) {
    case "vector":
      return type.size === 2 ? 8 : 16;
    case "array":
      return alignOf(type.element);
    case "struct":
      return Math.max(4, ...type.members.map((member) => member.align ?? alignOf(member.type)));
    default:
      return 4;
  }
}

/** Bytes of a value; for an array sized by its binding, those of one element. */
export function sizeOf(type: Type): number {
  switch (type.kind) {
    case "vector":
      return type.size * 4;
    case "array":
      return strideOf(type) * (type.count ?? 1);
    case "struct": {
      const last = type.members[type.members.length - 1];
      return last ? roundUp(last.offset + (last.size ?? sizeOf(last.type)), alignOf(type)) : 4;
    }
    default:
      return 4;
  }
}

/** Bytes from one element of an array to the next. */
export function strideOf(type: ArrayType): number {
  return roundUp(sizeOf(type.element), alignOf(type.element));
}
