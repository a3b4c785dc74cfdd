import { Problem } from "./problem.ts";
import { isReserved } from "./reserved.ts";
import { type Token, tokenize } from "./tokens.ts";

/** Walks over the tokens of a text; the base of the parser. */
export class TokenReader {
  protected readonly tokens: readonly Token[];
  protected position = 0;

  constructor(code: string) {
    this.tokens = tokenize(code);
  }

  protected get token(): Token {
    return this.tokens[this.position];
  }

  protected peek(distance: number): Token {
    return this.tokens[Math.min(this.position + distance, this.tokens.length - 1)];
  }

  protected next(): Token {
    const token = this.token;
    if (token.kind !== "end") this.position++;
    return token;
  }

  protected is(text: string): boolean {
    return this.token.text === text && this.token.kind !== "end";
  }

  /** Takes the token if it is this one. */
  protected accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.position++;
    return true;
  }

  protected expect(text: string, hint?: string): Token {
    if (!this.is(text)) {
      throw new Problem(this.missingAt(text), `expected ${JSON.stringify(text)} but found ${this.found()}`, hint);
    }
    return this.next();
  }

  /** Where a word is missing: a semicolon right after what it should end, which often is the line before. */
  private missingAt(text: string): number {
    const before = this.tokens[this.position - 1];
    return text === ";" && before ? before.at + before.text.length : this.token.at;
  }

  protected ident(what: string): Token {
    if (this.token.kind !== "ident") throw new Problem(this.token.at, `expected ${what} but found ${this.found()}`);
    return this.next();
  }

  /** A name that the text gives to something. */
  protected newName(what = "a name"): Token {
    const name = this.ident(what);
    if (!isReserved(name.text)) return name;
    throw new Problem(name.at, `WGSL keeps the word ${JSON.stringify(name.text)} for itself`, "Choose another name.");
  }

  protected found(): string {
    return this.token.kind === "end" ? "the end of the file" : JSON.stringify(this.token.text);
  }

  /** True if the token at this distance follows the one before it without a blank (for `>>`, `>=`, `>>=`). */
  protected touches(distance: number): boolean {
    return this.peek(distance).at === this.peek(distance - 1).at + this.peek(distance - 1).text.length;
  }

  /** Items between brackets, separated by commas, with a comma allowed at the end. */
  protected list<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    while (!this.is(close)) {
      items.push(item());
      if (!this.accept(",")) break;
    }
    this.expect(close);
    return items;
  }
}
