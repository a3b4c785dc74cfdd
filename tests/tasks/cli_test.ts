import assert from "node:assert/strict";
import {
  defineCommand,
  describeError,
  type Flags,
  help,
  parse,
  runCommand,
  sharedFlags,
  unknownChoice,
  UsageError,
} from "../../tasks/cli.ts";
import { editDistance, nearest } from "../../lib/spelling.ts";
import { caught } from "./caught.ts";

const train = defineCommand({
  name: "train",
  summary: "Trains a world model.",
  examples: ["deno task train rules-and-chance --game othello --steps 500"],
  positionals: [
    { name: "EXPERIMENT", help: "what to train", choices: ["rules-and-chance", "mini-genie"], required: true },
    { name: "FILE", help: "more files", many: true },
  ],
  flags: {
    ...sharedFlags,
    game: { kind: "choice", choices: ["2048", "othello"], default: "2048", help: "which game" },
    steps: { kind: "integer", min: 1, help: "steps of training" },
    rate: { kind: "number", min: 0, max: 1, default: 5e-4, help: "learning rate" },
    seeds: { kind: "integers", min: 0, default: [0], help: "several seeds" },
    figures: { kind: "boolean", default: true, help: "draw figures" },
    resume: { kind: "string", value: "RUN", help: "a run to go on with" },
  },
  run({ flags, positionals }) {
    // The types follow from the declaration.
    const typed: [
      "2048" | "othello",
      number | undefined,
      number,
      readonly number[],
      boolean,
      string | undefined,
      number,
    ] = [
      flags.game,
      flags.steps,
      flags.rate,
      flags.seeds,
      flags.figures,
      flags.resume,
      flags.seed,
    ];
    console.log(JSON.stringify([typed, positionals]));
  },
});

/** Runs a command with its output caught. */
function run(command: Parameters<typeof runCommand>[0], ...args: string[]) {
  return caught(() => runCommand(command, args));
}
// deno-lint-ignore no-explicit-any
const command = train as any;

function fails(message: RegExp, ...args: string[]): void {
  assert.throws(() => parse(train, args), (error: Error) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("flags have their defaults, types and many spellings", () => {
  const defaults = parse(train, ["rules-and-chance"]);
  assert.deepEqual({ ...defaults.flags }, {
    seed: 0,
    device: "auto",
    threads: undefined,
    out: undefined,
    quiet: false,
    json: false,
    game: "2048",
    steps: undefined,
    rate: 5e-4,
    seeds: [0],
    figures: true,
    resume: undefined,
  });
  const { flags, positionals } = parse(train, [
    ..."--game=othello rules-and-chance a.npz --steps 500 -q --rate 1e-3 --seeds 0,1,2 --no-figures b.npz --resume runs/one"
      .split(" "),
    ...["--seed", "7", "--", "--odd-name"],
  ]);
  assert.deepEqual(positionals, ["rules-and-chance", "a.npz", "b.npz", "--odd-name"]);
  assert.deepEqual(
    [flags.game, flags.steps, flags.quiet, flags.rate, flags.seeds, flags.figures, flags.resume, flags.seed],
    ["othello", 500, true, 1e-3, [0, 1, 2], false, "runs/one", 7],
  );
});

Deno.test("what is wrong is named, what exists is listed, what was meant is guessed", () => {
  fails(
    /^unknown flag "--gmae"\. Did you mean "--game"\? There are: --seed, --device, .*--debug$/,
    "mini-genie",
    "--gmae",
    "2048",
  );
  fails(/^unknown flag "-x"\. There are:/, "mini-genie", "-x");
  fails(/^unknown flag "--no-seed"/, "mini-genie", "--no-seed");
  fails(/^unknown flag "--__proto__"/, "mini-genie", "--__proto__");
  fails(/^unknown flag "--constructor"/, "mini-genie", "--constructor");
  fails(
    /^unknown --game "otello"\. Did you mean "othello"\? There are: 2048, othello$/,
    "mini-genie",
    "--game",
    "otello",
  );
  fails(/^unknown --device "gpu"\..* There are: auto, webgpu, software, cpu$/, "mini-genie", "--device", "gpu");
  fails(
    /^unknown EXPERIMENT "minigenie"\. Did you mean "mini-genie"\? There are: rules-and-chance, mini-genie$/,
    "minigenie",
  );
  fails(/^EXPERIMENT is missing \(what to train\)\. There are: rules-and-chance, mini-genie$/);
  fails(/^--game expects a value: 2048, othello$/, "mini-genie", "--game");
  fails(/^--out expects a value but found an empty one$/, "mini-genie", "--out=");
  fails(/^--quiet takes no value but found "yes"$/, "mini-genie", "--quiet=yes");
  for (const bad of ["0", "-3", "1.5", "1e400", "ten", "", "0x10", "9007199254740993", " 5"]) {
    fails(/^--steps expects an integer of at least 1 but found "/, "mini-genie", "--steps", bad);
  }
  fails(/^--rate expects a number from 0 to 1 but found "2"$/, "mini-genie", "--rate", "2");
  fails(/^--seed expects an integer from 0 to 4294967295 but found "-1"$/, "mini-genie", "--seed", "-1");
  fails(/^--seeds expects an integer of at least 0 but found "x"$/, "mini-genie", "--seeds", "0,x");
  const none = defineCommand({ name: "n", summary: "s", examples: ["e"], flags: {}, run() {} });
  assert.throws(() => parse(none, ["x"]), /unexpected argument "x"\. This command takes no arguments, only flags/);
});

Deno.test("the nearest word is one that a person could have meant", () => {
  assert.equal(editDistance("kitten", "sitting"), 3);
  assert.equal(editDistance("ab", "ba"), 1);
  assert.equal(editDistance("", "abc"), 3);
  assert.equal(nearest("rule", ["rules-and-chance", "mini-genie"]), "rules-and-chance");
  assert.equal(nearest("corected", ["published", "corrected"]), "corrected");
  assert.equal(nearest("SMALL", ["tiny", "small"]), "small");
  assert.equal(nearest("xyz", ["tiny", "small"]), undefined);
  assert.equal(nearest("x", []), undefined);
  assert.equal(unknownChoice("preset", "huge", []).message, 'unknown preset "huge". There are none');
});

Deno.test("--help shows usage, every argument and flag, defaults and an example, whatever else is on the line", async () => {
  for (const args of [["--help"], ["-h"], ["rules-and-chance", "--help"]]) {
    const { code, out, err } = await run(command, ...args);
    assert.deepEqual([code, err], [0, ""]);
    assert.equal(out, help(command) + "\n");
  }
  assert.equal(
    help(command),
    `Trains a world model.

Usage
  deno task train EXPERIMENT [FILE…] [flags]

Arguments
  EXPERIMENT  what to train: rules-and-chance, mini-genie
  FILE        more files

Flags
  --seed N                           seed of every random stream (default 0)
  --device auto|webgpu|software|cpu  where kernels run; auto takes the best that this machine has (default auto)
  --threads N                        threads of the CPU device; default: one per core
  --out FOLDER                       folder to write to; must not hold a run yet
  -q, --quiet                        no progress bars, results only
  --json                             print the result as JSON
  --game 2048|othello                which game (default 2048)
  --steps N                          steps of training
  --rate X                           learning rate (default 0.0005)
  --seeds N,N,…                      several seeds (default 0)
  --[no-]figures                     draw figures (default on)
  --resume RUN                       a run to go on with
  -h, --help                         show this page
  --debug                            show where an error came from (also: TESSERA_DEBUG=1)

Example
  deno task train rules-and-chance --game othello --steps 500`,
  );
});

Deno.test("exit codes: 0 and what the command says, 1 for a failure, 2 for a wrong call", async () => {
  const made = (result: () => number | void | Promise<number | void>, flags: Flags = {}) =>
    defineCommand({ name: "work", summary: "s", examples: ["e"], flags, run: result });
  assert.deepEqual(await run(command, "mini-genie"), {
    code: 0,
    out: '[["2048",null,0.0005,[0],true,null,0],["mini-genie"]]\n',
    err: "",
  });
  assert.equal((await run(made(() => 3))).code, 3);
  assert.equal((await run(made(() => Promise.resolve()))).code, 0);
  const wrong = await run(command, "--stepz", "4");
  assert.deepEqual([wrong.code, wrong.out], [2, ""]);
  assert.match(
    wrong.err,
    /^train: unknown flag "--stepz"\. Did you mean "--steps"\?.*\nSee: deno task train --help\n$/,
  );
  const throwing = made(() => {
    throw new Error("the disk is full", { cause: new Error("no space left") });
  });
  const failed = await run(throwing);
  assert.equal(failed.code, 1);
  assert.equal(
    failed.err,
    "work: the disk is full\n  because: no space left\nRun again with --debug to see where it came from.\n",
  );
  const debug = await run(throwing, "--debug");
  assert.equal(debug.code, 1);
  assert.match(debug.err, /cli_test\.ts:\d+/);
  const usage = made(() => {
    throw unknownChoice("run", "on", ["one"]);
  });
  assert.equal((await run(usage)).code, 2);
  assert.equal((await run(made(() => Promise.reject("text")))).err.split("\n")[0], "work: text");
  const circle = new Error("round");
  circle.cause = circle;
  assert.equal(describeError(circle), "round");
});
