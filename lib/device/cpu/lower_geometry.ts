import { type Node, op, shuffle, splat } from "./ir.ts";
import { ExprLowering } from "./lower_expr.ts";
import { F32, type Type, type VectorType } from "./types.ts";

/** Lowers builtins that see a vector as an arrow: lengths, products, reflections. */
export abstract class GeometryLowering extends ExprLowering {
  /** The node of a geometric builtin; undefined if `name` is none. */
  protected geometric(name: string, type: Type, [a, b, c]: readonly Node[]): Node | undefined {
    const vector = type as VectorType;
    switch (name) {
      case "dot":
        return this.dot(vector, a, b);
      case "length":
        return this.length(type, a);
      case "distance":
        return this.length(type, this.operate("-", type, a, b));
      case "normalize": {
        const x = this.once(a);
        return op("f32x4.div", x, splat(this.length(type, x)));
      }
      case "cross": {
        const [x, y] = [this.once(a), this.once(b)];
        const turn = (v: Node) => shuffle(v, [1, 2, 0]);
        return turn(op("f32x4.sub", op("f32x4.mul", x, turn(y)), op("f32x4.mul", turn(x), y)));
      }
      case "faceForward": {
        const [normal, dot] = [this.once(a), this.dot(vector, b, c)];
        const behind = splat(this.once(this.operate("<", F32, dot, this.fill(F32, 0))));
        return this.choose(type, normal, op("f32x4.neg", normal), op("i32x4.neg", behind));
      }
      case "reflect": {
        const [x, normal] = [this.once(a), this.once(b)];
        const twice = op("f32.mul", this.fill(F32, 2), this.dot(vector, normal, x));
        return op("f32x4.sub", x, op("f32x4.mul", splat(this.once(twice)), normal));
      }
      case "refract":
        return this.refract(vector, this.once(a), this.once(b), this.once(c));
    }
    return undefined;
  }

  private length(type: Type, a: Node): Node {
    if (type.kind !== "vector") return op("f32.abs", a);
    const x = this.once(a);
    return op("f32.sqrt", this.dot(type, x, x));
  }

  /** The refracted direction, or zero where all light is reflected. */
  private refract(type: VectorType, x: Node, normal: Node, ratio: Node): Node {
    const one = this.fill(F32, 1);
    const dot = this.once(this.dot(type, normal, x));
    const sine = op("f32.mul", op("f32.mul", ratio, ratio), op("f32.sub", one, op("f32.mul", dot, dot)));
    const k = this.once(op("f32.sub", one, sine));
    const along = this.once(op("f32.add", op("f32.mul", ratio, dot), op("f32.sqrt", k)));
    const bent = op("f32x4.sub", op("f32x4.mul", splat(ratio), x), op("f32x4.mul", splat(along), normal));
    const inside = splat(this.once(op("f32.lt", k, this.fill(F32, 0))));
    return this.choose(type, this.fill(type, 0), bent, op("i32x4.neg", inside));
  }
}
