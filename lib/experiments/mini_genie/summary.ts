import { expectation, formatNumber, textTable } from "../../runs/mod.ts";
import { claimsLine } from "../criterion.ts";
import { type PlainCell, type PlainTable, short, wrap } from "../plain_table.ts";
import { modelName } from "../report_parts.ts";
import type { Analysis } from "./analyse.ts";
import { claimsOf } from "./claims.ts";
import { meaningOf, timesChance } from "./criteria.ts";

/** What the console shows at the end: what was found, how latent actions agree with what is true, and every claim. */
export function experimentSummary(analyses: readonly Analysis[]): string {
  const [first] = analyses, verdicts = verdictTable(analyses);
  const named = (analysis: Analysis) => analyses.length > 1 ? `${modelName(analysis)}: ` : "";
  // The sentences of the claims are for the report; a terminal is too narrow for them.
  const left = ["claim", ...analyses.length > 1 ? [] : ["model"]];
  const narrow = (row: readonly PlainCell[]) => row.filter((_, column) => !left.includes(verdicts.columns[column]));
  return [
    `Mini-Genie: ${first.game}, ${first.preset}, ${analyses.map(modelName).join(" and ")}`,
    "",
    ...analyses.flatMap((analysis) => [wrap(`${named(analysis)}${finding(analysis)}`, 100), ""]),
    ...(analyses.length > 1
      ? [comparisonTable(analyses)]
      : [agreementTable(first), controlTable(first), dreamTable(first)])
      .flatMap((table) => [tableLines(table), ""]),
    tableLines({
      columns: narrow(verdicts.columns).map(String),
      rows: verdicts.rows.map((row) => narrow(row).map((cell) => cell === "yes" ? "✓" : cell === "no" ? "✗" : cell)),
    }),
    "",
    ...analyses.map((analysis) => `${named(analysis)}${claimsLine(claimsOf(analysis))}`),
  ].join("\n");
}

const tableLines = ({ columns, rows }: PlainTable) => textTable(columns, rows);

/** In one or two sentences: what its latent actions mean, and whether they lead anywhere. */
export function finding(analysis: Analysis): string {
  const { actionsUsed, actions, control } = analysis;
  if (actionsUsed <= 1) {
    return `All moves have the same latent action: the codes say nothing, and ${
      percent(control.inferred)
    } % of the moves come ` +
      "true as they would without them.";
  }
  const best = meaningOf(analysis, analysis.best)!, action = meaningOf(analysis, "action")!;
  const { agreement, chance } = best;
  const what = agreement.nmi <= chance.high
    ? `They agree with nothing beyond chance (best: ${analysis.best}, NMI ${fixed2(agreement.nmi)}).`
    : analysis.best === "action"
    ? `They follow the true action, NMI ${fixed2(agreement.nmi)} (chance ${fixed2(chance.mean)}).`
    : `They follow the ${analysis.best} the move, NMI ${fixed2(agreement.nmi)} (chance ${
      fixed2(chance.mean)
    }), and not ` +
      `what the agent did, NMI ${fixed2(action.agreement.nmi)} (chance ${fixed2(action.chance.mean)}).`;
  return `${actionsUsed} of ${actions} latent actions are in use. ${what} With the inferred one ${
    percent(control.inferred)
  } % of ` +
    `the moves come true, with any ${percent(control.random)} %.`;
}

/** How latent actions agree with everything that they could mean (spec 3 §7.2, items 1–3). Information in nats. */
export function agreementTable({ meanings }: Pick<Analysis, "meanings">): PlainTable {
  return {
    columns: [
      "against",
      "H(A)",
      "H(K)",
      "I(A;K)",
      "NMI",
      "chance",
      "95 %",
      "AMI",
      "ARI",
      "purity",
      "inverse",
      "matched",
    ],
    rows: meanings.map(({ explanation, agreement, chance }) => [
      explanation,
      ...[
        agreement.labelEntropy,
        agreement.codeEntropy,
        agreement.information,
        agreement.nmi,
        chance.mean,
        chance.high,
        agreement.ami,
        agreement.ari,
        agreement.purity,
        agreement.inversePurity,
        agreement.matchedAccuracy,
      ].map(digits3),
    ]),
  };
}

/** How far latent actions decide what comes next, and how well the model sees (spec 3 §7.2, items 4–7). */
export function controlTable(analysis: Analysis): PlainTable {
  return { columns: ["quantity", "value"], rows: measures(analysis).map(([name, value]) => [name, cellText(value)]) };
}

/** How true dreams stay (spec 3 §7.2, item 8). */
export function dreamTable({ dreams }: Pick<Analysis, "dreams">): PlainTable {
  return {
    columns: [
      "latent actions",
      "tokens",
      "dreams × steps",
      "legal or stay (%)",
      "stay (%)",
      "PSNR (dB)",
      "states",
      "states a dream",
    ],
    rows: dreams.map(({ codes, choice, dreams, steps, legal, stay, psnr, states, statesPerDream }) => [
      codes,
      choice,
      `${dreams} × ${steps}`,
      percent(legal),
      percent(stay),
      Number(psnr.toFixed(1)),
      states,
      Number(statesPerDream.toFixed(1)),
    ]),
  };
}

/** Several models side by side: what was published, what is repaired, what is tried beyond. */
export function comparisonTable(analyses: readonly Analysis[]): PlainTable {
  const columns = analyses.map((analysis) => measures(analysis));
  return {
    columns: ["quantity", ...analyses.map(modelName)],
    rows: columns[0].map(([name], row) => [name, ...columns.map((own) => cellText(own[row][1]))]),
  };
}

/** Every claim of every model: expected, measured, and whether it holds. */
export function verdictTable(analyses: readonly Analysis[]): PlainTable {
  return {
    columns: ["holds", "model", "claim", "quantity", "expected", "measured"],
    rows: analyses.flatMap((analysis) =>
      claimsOf(analysis).map((claim) => [
        claim.holds ? "yes" : "no",
        modelName(analysis),
        claim.text,
        claim.quantity,
        expectation(claim, formatNumber),
        short(claim.measured.mean),
      ])
    ),
  };
}

function measures(analysis: Analysis): [name: string, value: string | number | null][] {
  const { eyes, codeCount, gridSide, actionsUsed, actions, control, separability, dreams, world } = analysis;
  const action = meaningOf(analysis, "action"), heading = meaningOf(analysis, "heading after");
  const dream = (codes: string, choice: string) =>
    dreams.find((one) => one.codes === codes && one.choice.startsWith(choice))?.legal ?? null;
  const share = (value: number | null) => value === null ? null : 100 * value;
  return [
    ["PSNR of reconstructions (dB)", eyes.psnr],
    ["… of the worst (dB)", eyes.worstPsnr],
    ["frames recognised (%)", share(eyes.nearest)],
    ["different token grids", `${eyes.grids} of ${world.frames} frames`],
    ["codes in use", `${eyes.codesUsed} of ${codeCount}`],
    ["tokens that a move changes", `${short(eyes.changedTokens)} of ${gridSide ** 2}`],
    ["latent actions in use", `${actionsUsed} of ${actions}`],
    ["NMI with the true action", action?.agreement.nmi ?? null],
    ["… by chance", action?.chance.mean ?? null],
    ["NMI with the heading after", heading?.agreement.nmi ?? null],
    ["… by chance", heading?.chance.mean ?? null],
    ["… as a multiple of chance", timesChance(heading)],
    ["states with separate successors (%)", share(separability)],
    ["moves foretold, inferred code (%)", share(control.inferred)],
    ["… any code (%)", share(control.random)],
    ["… best code (%)", share(control.best)],
    ["Δ, inferred less any (%)", share(control.delta)],
    ["ΔPSNR (dB)", control.deltaPsnr],
    ["… one code for each action (%)", share(control.byAction)],
    ["… one code for each heading (%)", share(control.byHeading)],
    ["changing tokens foretold, soft (%)", share(control.changed.soft)],
    ["… from the code alone, hard (%)", share(control.changed.hard)],
    ["leak, soft less hard (%)", share(control.changed.soft - control.changed.hard)],
    ["constant dream, legal or stay, greedy (%)", share(dream("constant", "greedy"))],
    ["… sampled (%)", share(dream("constant", "top"))],
  ];
}

const cellText = (value: string | number | null) => typeof value === "string" ? value : short(value);
const digits3 = (value: number | null) => value === null ? null : Number(value.toFixed(3));
const fixed2 = (value: number) => value.toFixed(2);
const percent = (share: number) => Number((100 * share).toFixed(1));
