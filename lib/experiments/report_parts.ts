/** What the reports of all experiments share. */
import { type Card, cardSections, type ReportSection } from "../runs/mod.ts";

/** What a written report consists of. */
export interface WrittenReport {
  /** Path of `report.html`. */
  readonly html: string;
  /** Path of `report.md`. */
  readonly markdown: string;
  /** Paths of the pictures, in the order of the report. */
  readonly figures: readonly string[];
}

/** Claims and costs of every card, each with the name of what it is about. */
export function closingSections(cards: readonly Card[]): ReportSection[] {
  return cards.flatMap((card) =>
    cardSections(card).map((section) => ({
      ...section,
      heading: `${section.heading}: ${[card.game, card.mode].filter((part) => part !== null).join(", ")}`,
    }))
  );
}

/** "corrected", or "corrected without R1": which model a figure or a table is about. */
export function modelName({ mode, without }: { readonly mode: string; readonly without: readonly string[] }): string {
  return without.length === 0 ? mode : `${mode} without ${without.join(", ")}`;
}
