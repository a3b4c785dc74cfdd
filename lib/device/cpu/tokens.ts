import { Problem } from "./problem.ts";

/** One word of WGSL. `>` always stands alone, because `array<vec4<f32>>` ends with two brackets and not with a shift. */
export interface Token {
  readonly kind: "ident" | "number" | "punct" | "end";
  readonly text: string;
  /** Offset in the source text. */
  readonly at: number;
}

// Blanks and ends of lines as WGSL counts them (§3.1 and §3.2).
const SPACE = /[\s\u0085\u200e\u200f]+/y;
const LINE_COMMENT = /\/\/[^\n\v\f\r\u0085\u2028\u2029]*/y;
const IDENT = /[\p{XID_Start}_][\p{XID_Continue}]*/uy;
const NUMBER =
  /0[xX][0-9a-fA-F]*\.?[0-9a-fA-F]*([pP][+-]?[0-9]+[fh]?)?[iu]?|([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][+-]?[0-9]+)?[iufh]?/y;
const PUNCT = /<<=|&&|\|\||->|\+\+|--|<<|<=|==|!=|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|[-+*/%&|^~!<>=(){}[\];:,.@]/y;

/** Characters of other languages, and what WGSL has in their place. */
const FOREIGN: Readonly<Record<string, string>> = {
  "#": "WGSL has no preprocessor: use const and override.",
  "?": "Choose with select(no, yes, condition), or with if.",
  '"': "WGSL has no strings.",
  "'": "WGSL has no characters: write their numbers.",
  "`": "Does the text end here? In JavaScript, ` ends a template.",
  "\\": "WGSL lines need no mark at their end.",
};

function match(pattern: RegExp, code: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(code)?.[0];
}

function skipBlockComment(code: string, at: number): number {
  let depth = 0;
  for (let i = at; i < code.length - 1; i++) {
    if (code[i] === "/" && code[i + 1] === "*") {
      depth++;
      i++;
    } else if (code[i] === "*" && code[i + 1] === "/") {
      depth--;
      i++;
      if (depth === 0) return i + 1;
    }
  }
  throw new Problem(at, "this comment has no end", "Close it with */.");
}

/** Cuts WGSL text into tokens, without comments and blanks; the last token is of kind `end`. @throws Problem */
export function tokenize(code: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < code.length) {
    const blank = match(SPACE, code, at) ?? match(LINE_COMMENT, code, at);
    if (blank) {
      at += blank.length;
      continue;
    }
    if (code.startsWith("/*", at)) {
      at = skipBlockComment(code, at);
      continue;
    }
    const ident = match(IDENT, code, at);
    const number = ident ? undefined : match(NUMBER, code, at);
    const text = ident ?? number ?? match(PUNCT, code, at);
    if (!text) {
      const found = String.fromCodePoint(code.codePointAt(at)!);
      const shown = /[\p{Cc}\p{Cf}\p{Cs}\uFFFD]/u.test(found)
        ? "a character that cannot be printed"
        : JSON.stringify(found);
      throw new Problem(at, `expected WGSL but found ${shown}`, FOREIGN[found] ?? "Is this the text of a WGSL file?");
    }
    tokens.push({ kind: ident ? "ident" : number ? "number" : "punct", text, at });
    at += text.length;
  }
  tokens.push({ kind: "end", text: "end of file", at: code.length });
  return tokens;
}
