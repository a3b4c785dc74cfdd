/** The prose of the report. Everything that depends on numbers is decided by the numbers. */
import { claimsLine } from "../criterion.ts";
import { fixed, paragraphs, percentText } from "../plain_table.ts";
import { modelName } from "../report_parts.ts";
import type { Analysis } from "./analyse.ts";
import { claimsOf } from "./claims.ts";
import { meaningOf } from "./criteria.ts";
import { MOST_JUDGED } from "./eyes.ts";
import { psnrVerdict } from "./figures/reconstruction.ts";
import { settingsFor } from "./presets.ts";
import { type Repair, REPAIRS } from "./settings.ts";
import { finding } from "./summary.ts";

/** The opening: the question, and what came of it. */
export function inShort(analyses: readonly Analysis[]): string {
  return paragraphs(
    "A network watches pictures of a small world in which somebody moves, and is told neither which moves there are nor which was made. " +
      "It must find a few latent actions by itself: one number for each step, such that the present picture and that number say what comes " +
      "next. Then it can dream: start from one picture, choose a number, look at what it predicts, and go on from there. The question is " +
      "what these numbers come to mean.",
    ...analyses.map((analysis) =>
      `${capital(modelName(analysis))}: ${finding(analysis)} ${claimsLine(claimsOf(analysis))}`
    ),
  );
}

/** What the original promises (spec 3 §1). */
export const CLAIMED = paragraphs(
  "The original promises three parts. Eyes: a vector-quantised autoencoder that turns a picture into a grid of tokens. Brain: an action net " +
    "that infers a latent action from two successive grids, and a transformer that predicts the next grid from the present one and that " +
    "action. Dream: predictions fed back, 50 frames from a single picture, said to be consistent. Its evidence is a t-SNE picture in which " +
    "actions form distinct clusters, found without supervision. It measures nothing.",
  "Its picture is coloured by the model's own code, so that clusters are certain whatever the code means. Its published dream never leaves " +
    "the first cell: it turns to and fro for 50 frames.",
);

/** How pictures become latent actions and dreams. */
export function howItWorks({ game, world, exact }: { game: string; world: Analysis["world"]; exact: boolean }): string {
  const room = game.startsWith("Empty")
    ? ": MiniGrid's empty room, seen from above, in which an agent, the red triangle, turns left, turns right or goes forward at random"
    : "";
  return paragraphs(
    `Data: recorded pictures of ${game}${room}. ${
      exact ? "The whole world has" : "Recorded were"
    } ${world.frames} different pictures and ` +
      `${world.moves} different steps that change the picture. They are known here, and what the agent did, but not to the model.`,
    ...MECHANISM,
  );
}

const MECHANISM = [
  "Eyes: convolutions shrink the picture to a quarter of its side, and each place takes the nearest of a codebook's vectors: its token. A " +
  "decoder paints the picture back. Brain: the action net looks at the tokens before and after a step and gives probabilities for a few " +
  "codes; the likeliest is the latent action. The dynamics, a transformer over all tokens of one picture, foretells every next token. Both " +
  "learn together, from cross-entropy alone and two entropies of the code: unsure of one sample is bad, varied over the batch is good.",
  "Truth: every predicted picture is decoded and compared with all true pictures. If the nearest one is what really came, the step counts as " +
  "foretold. What codes mean is measured as normalised mutual information (NMI: 0 nothing, 1 everything) with what the agent did, where it " +
  "then faces, and where it then is, beside the NMI that codes dealt out at random would show.",
];

/** What the original's algorithm does, with its numbers. */
export function asPublished(published: readonly Analysis[]): string {
  return paragraphs(
    "This is the original's algorithm with nothing repaired but its crashes. A pre-trained network that its loss would also use is not " +
      "available here, and what is left of that loss weighs nearly all pixels alike: the agent, 3 % of the picture, is hardly painted (R3). " +
      "The codebook starts almost at zero and nobody revives codes that are never used (R4). The dynamics gets eight probabilities where a " +
      "dream later gives it one code, so that it learns to read from small numbers what no code says: the leak (R5). Its recorder turns left " +
      "in 3 % of the steps, because it counts actions from one (R1).",
    ...published.map((analysis) => {
      const { eyes, codeCount, control, actionsUsed, actions } = analysis, { soft, hard } = control.changed;
      return `Here: ${fixed(eyes.psnr, 1)} dB, which is ${psnrVerdict(eyes.psnr)} on the original's own scale; ${
        percentText(eyes.nearest, 0)
      } of the true pictures are recognised in their reconstruction; ${eyes.codesUsed} of ${codeCount} codes and ${actionsUsed} of ` +
        `${actions} latent actions are in use. Of the tokens that change it foretells ${
          percentText(soft)
        } from all probabilities and ` +
        `${percentText(hard)} from the likeliest code alone.${
          actionsUsed <= 1
            ? " With a single latent action there is nothing to leak: what it sees is too poor for codes to pay. The leak shows once its " +
              "eyes are repaired and its objective is not: deno task train mini-genie --without R5."
            : ""
        }`;
    }),
    published.length
      ? ""
      : "This report has no published run beside it. To make one: deno task train mini-genie --mode published.",
  );
}

/** What the repairs are, and what they show. */
export function doneRight(repaired: readonly Analysis[]): string {
  const missing = repaired.filter(({ without }) => without.length > 0);
  const relative = repaired.some(({ mode }) => mode === "relative");
  return paragraphs(
    "The same idea with repairs: left, right and forward are recorded alike (R1), last frames too (R2); squared errors that weigh coloured " +
      "pixels ten times (R3); a codebook that starts from real latents, follows their averages and revives dead codes (R4); the likeliest code " +
      "alone goes to the dynamics, its gradient straight through to the action net, and the batch is asked to use all codes (R5); meaning is " +
      "measured against the truth and not against the code itself (R6, R7); dreams take the likeliest tokens (R8).",
    'What to expect: nothing in this objective says that a code must mean the same in all states. Seen from above, "then it faces down" is ' +
      'the easiest thing that tells all successors of a state apart, and that is what codes come to mean, not "it turned right".',
    relative ? `In the mode relative codes are to mean what the agent does. For that, also: ${beyond()}.` : "",
    ...missing.map((analysis) => `An ablation: ${modelName(analysis)}.`),
  );
}

/** The repairs that `relative` has and `corrected` has not, in words. */
function beyond(): string {
  const { repairs } = settingsFor("small", "relative"), known = settingsFor("small", "corrected").repairs;
  return (Object.keys(REPAIRS) as Repair[]).filter((repair) => repairs[repair] && !known[repair])
    .map((repair) => `${REPAIRS[repair]} (${repair})`).join("; ");
}

/** How well the model sees. */
export function eyesText({ eyes, codeCount, gridSide, world }: Analysis): string {
  return `Mean PSNR ${fixed(eyes.psnr, 1)} dB, of the worst frame ${fixed(eyes.worstPsnr, 1)} dB (${
    psnrVerdict(eyes.psnr)
  } on the ` +
    `original's scale). ${
      percentText(eyes.nearest, 0)
    } of the ${world.frames} true pictures are nearest to their own reconstruction. ` +
    `${eyes.codesUsed} of ${codeCount} codes are in use; the pictures have ${eyes.grids} different grids. A move changes ` +
    `${fixed(eyes.changedTokens, 1)} of ${gridSide ** 2} tokens on average${
      eyes.changedTokens > gridSide ** 2 / 4
        ? ", many more than the agent covers: the light of its view moves with it, and like patches have several codes"
        : ""
    }.`;
}

/** What latent actions mean. */
export function meaningText(analysis: Analysis): string {
  const { separability, control } = analysis, action = meaningOf(analysis, "action")!;
  return paragraphs(
    finding(analysis),
    `Over all moves that change the picture, each as often as it was recorded. In ${
      percentText(separability, 0)
    } of the states different ` +
      `successors have different codes. One code for each true action, the one that goes with it most often, foretells ${
        percentText(control.byAction, 0)
      } of the moves${
        control.byHeading === null ? "" : `; one for each heading ${percentText(control.byHeading, 0)}`
      }. Of the tokens that change, ${percentText(control.changed.soft)} are foretold from all probabilities and ${
        percentText(control.changed.hard)
      } from the code alone.`,
    action.agreement.ami === null
      ? ""
      : `The columns of the table: entropies of labels and codes and their mutual information in nats; NMI with its mean and 95th percentile ` +
        "for codes dealt out at random; AMI and ARI, which take chance off; purity, how far a code has one label; inverse purity, how far a " +
        "label has one code; matched, the best one-to-one naming.",
  );
}

/** What dreams show. */
export function dreamText({ dreams }: Analysis): string {
  const [constant] = dreams;
  return `Dreams of ${constant.steps} steps from true frames: under one latent action, under random ones, and under those that go with left, ` +
    "right, forward; with the likeliest tokens (greedy) or sampled ones. A step is legal if some action leads from the true frame nearest to " +
    "the one picture to that nearest to the next. A code that was never seen in a state may lead anywhere, since nothing in the training says " +
    "what it should do there; a dream that stays is legal, and dull.";
}

/** Limits that a reader should know. */
export function caveats(analyses: readonly Analysis[]): string {
  return paragraphs(
    analyses.some(({ world }) => Math.max(world.frames, world.recorded) > MOST_JUDGED)
      ? `Of this large world ${MOST_JUDGED} frames and moves were decoded and judged, spread evenly.`
      : "",
    "The model has learnt from all moves that it is judged by. The numbers say what the codes mean and whether they lead, not that the model " +
      "generalises to worlds that it has not seen.",
    analyses.some(({ map }) => map !== null)
      ? "The map (t-SNE) shows equal moves in equal places: of its many points most coincide (R6)."
      : "",
    "Tokens are predicted independently of one another. In long dreams small errors add up, until a picture is like none of the true ones.",
    "The numbers of one report are one run. The card of several seeds gives their spread.",
  );
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
