import { type CellCode, colourOf, stateOf, typeOf } from "../../../games/mod.ts";

/** A cell as the golden file writes it: type, colour and state, one hexadecimal digit each. */
export function cellText(cell: CellCode): string {
  return [typeOf(cell), colourOf(cell), stateOf(cell)].map((part) => part.toString(16)).join("");
}
