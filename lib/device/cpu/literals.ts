import { fits, wrap } from "./const_eval.ts";
import { Problem } from "./problem.ts";
import { ABSTRACT_FLOAT, ABSTRACT_INT, F32, I32, scalarOf, type Type, typeName, U32 } from "./types.ts";

const HEX_FLOAT = /^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([+-]?[0-9]+))?$/;

/** Type and value of a number as written in WGSL. @throws Problem if it does not fit its type */
export function literal(text: string, at: number): { type: Type; value: number } {
  const hex = /^0x/i.test(text);
  const hexFloat = hex && /[.pP]/.test(text);
  // In hexadecimal, `f` is a digit, unless an exponent stands before it.
  const suffix = /[iu]$/.exec(text)?.[0] ?? (!hex || /[pP]/.test(text) ? /[fh]$/.exec(text)?.[0] : undefined);
  if (suffix === "h") throw new Problem(at, "f16 is outside the subset", "Write an f32 literal.");
  const digits = suffix ? text.slice(0, -1) : text;
  const whole = (hex && !hexFloat) || /^[0-9]+$/.test(digits);
  if (!hex && whole && suffix !== "f" && /^0[0-9]/.test(digits)) {
    throw new Problem(at, `a whole number does not start with 0, but this is ${text}`, "Leave the zeros out.");
  }
  const value = hexFloat ? hexadecimalFloat(digits, at) : Number(digits);
  if (Number.isNaN(value)) throw new Problem(at, `${text} is not a number`);
  if (value === Infinity) throw new Problem(at, `${text} is too large`);
  const type = suffix === "i"
    ? I32
    : suffix === "u"
    ? U32
    : suffix === "f"
    ? F32
    : whole
    ? ABSTRACT_INT
    : ABSTRACT_FLOAT;
  const scalar = scalarOf(type)!;
  if (!fits(scalar, value)) throw new Problem(at, `${text} does not fit into ${typeName(type)}`);
  if (type === ABSTRACT_INT && !Number.isSafeInteger(value)) throw new Problem(at, `${text} is too large`);
  return { type, value: wrap(scalar, value) };
}

/** `0x1.8p3` is 1.5 · 2³: hexadecimal digits, a point among them, and an exponent of two. */
function hexadecimalFloat(digits: string, at: number): number {
  const [, whole, fraction, exponent = "0"] = HEX_FLOAT.exec(digits) ?? [];
  if (whole === undefined || whole + fraction === "") throw new Problem(at, `${digits} is not a number`);
  return parseInt(whole + fraction, 16) * 2 ** (Number(exponent) - 4 * fraction.length);
}
