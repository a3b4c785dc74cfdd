import { type Criterion, criterion, type Quantity } from "../criterion.ts";
import type { Analysis, PlainMeaning } from "./analyse.ts";
import type { Explanation } from "./meaning.ts";
import type { Mode } from "./settings.ts";

/** The scores of one explanation; null where the world does not tell (headings of recorded pictures, say). */
export function meaningOf({ meanings }: Pick<Analysis, "meanings">, explanation: Explanation): PlainMeaning | null {
  return meanings.find((meaning) => meaning.explanation === explanation) ?? null;
}

/** NMI as a multiple of what shuffled codes show; null where that is 0, as for a single code. */
export function timesChance(meaning: PlainMeaning | null): number | null {
  return meaning && meaning.chance.mean > 0 ? meaning.agreement.nmi / meaning.chance.mean : null;
}

const SPEC = "spec 3 §7.2";

const NEAREST = {
  quantity: "true frames that their reconstruction is nearest to (share)",
  measure: ({ eyes }: Analysis) => eyes.nearest,
};
const PSNR = { quantity: "PSNR of the reconstructions (dB)", measure: ({ eyes }: Analysis) => eyes.psnr };
const IDENTITY = {
  quantity: "moves foretold with the inferred code (share)",
  measure: ({ control }: Analysis) => control.inferred,
};
const HARD = {
  quantity: "changing tokens foretold from the likeliest code alone (share)",
  measure: ({ control }: Analysis) => control.changed.hard,
};
const nmi = (explanation: Explanation): Quantity<Analysis> => ({
  quantity: `NMI of code and ${explanation === "action" ? "true action" : explanation}`,
  measure: (analysis) => meaningOf(analysis, explanation)?.agreement.nmi ?? null,
});

/** What any repaired model must show, whatever its latent actions mean. */
const REPAIRED: readonly Criterion<Analysis>[] = [
  criterion(NEAREST, {
    id: "eyes.nearest",
    text: "It sees: every true frame is recognised in its reconstruction",
    source: SPEC,
    comparison: ">=",
    target: 1,
  }),
  criterion(PSNR, { id: "eyes.psnr", text: "It sees well", source: SPEC, comparison: ">=", target: 25 }),
  criterion(IDENTITY, {
    id: "identity",
    text: "A latent action, inferred from a true pair, says what comes next",
    source: SPEC,
    comparison: ">=",
    target: 0.95,
  }),
  criterion({
    quantity: "… less with any code: Δ",
    measure: ({ control }: Analysis) => control.delta,
  }, {
    id: "delta",
    text: "Another latent action leads elsewhere: the code matters",
    source: SPEC,
    comparison: ">=",
    target: 0.6,
  }),
  criterion({
    quantity: "states whose successors have codes of their own (share)",
    measure: ({ separability }: Analysis) => separability,
  }, {
    id: "separability",
    text: "Different consequences have different latent actions",
    source: SPEC,
    comparison: ">=",
    target: 0.95,
  }),
];

/** In the view from above, codes that tell all successors apart come to mean where the agent then faces (spec 3 §1). */
const HEADINGS: readonly Criterion<Analysis>[] = [
  criterion(nmi("heading after"), {
    id: "heading.nmi",
    text: "Latent actions mean: face right, down, left, up",
    source: SPEC,
    comparison: ">=",
    target: 0.6,
  }),
  criterion({
    quantity: "… as a multiple of chance",
    measure: (analysis: Analysis) => timesChance(meaningOf(analysis, "heading after")),
  }, { id: "heading.chance", text: "This is far beyond chance", source: SPEC, comparison: ">=", target: 5 }),
];

/** With R9 they are to mean what the agent does. */
const ACTIONS: readonly Criterion<Analysis>[] = [
  criterion(nmi("action"), {
    id: "action.nmi",
    text: "Latent actions mean: turn left, turn right, forward",
    source: `${SPEC}, R9`,
    comparison: ">=",
    target: 0.6,
  }),
];

/** What the original's algorithm shows instead of what it promises. None of the above is asked of it. */
const PUBLISHED: readonly Criterion<Analysis>[] = [
  criterion(PSNR, {
    id: "published.psnr",
    text: "Its weighted L1 loss hardly paints the agent (R3)",
    source: "spec 3 §9, R3",
    comparison: "<=",
    target: 22,
  }),
  criterion(NEAREST, {
    id: "published.nearest",
    text: "So true frames cannot all be told apart",
    source: "spec 3 §9, R3",
    comparison: "<=",
    target: 0.9,
  }),
  criterion({
    quantity: "codes of the codebook in use (%)",
    measure: ({ eyes, codeCount }: Analysis) => 100 * eyes.codesUsed / codeCount,
  }, {
    id: "published.codes",
    text: "Without care most codes of the codebook die (R4)",
    source: "spec 3 §9, R4",
    comparison: "<=",
    target: 25,
  }),
  criterion(HARD, {
    id: "published.hard",
    text: "The likeliest latent action, all that a dream goes by, does not foretell what changes (R5)",
    source: "spec 3 §9, R5",
    comparison: "<=",
    target: 0.9,
  }),
  criterion(IDENTITY, {
    id: "published.identity",
    text: "Nor does it lead to the true next frame",
    source: "spec 3 §10",
    comparison: "<=",
    target: 0.8,
  }),
  criterion(nmi("action"), {
    id: "published.action",
    text: "The clusters of its t-SNE picture are not the agent's actions",
    source: "spec 3 §1",
    comparison: "<=",
    target: 0.2,
  }),
];

/** What is held against a model: by its mode, and by what is known of its world. */
export function criteriaFor(analysis: Analysis): readonly Criterion<Analysis>[] {
  const byMode: Readonly<Record<Mode, readonly Criterion<Analysis>[]>> = {
    published: PUBLISHED,
    corrected: [...REPAIRED, ...meaningOf(analysis, "heading after") ? HEADINGS : []],
    relative: [...REPAIRED, ...ACTIONS],
  };
  return byMode[analysis.mode];
}
