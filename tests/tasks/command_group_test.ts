/** Commands whose first argument picks a member: what is passed on, and what a wrong word is told. */
import assert from "node:assert/strict";
import { defineCommand, help } from "../../tasks/cli.ts";
import { type CommandGroup, groupHelp, member, runGroup } from "../../tasks/command_group.ts";
import { experimentNamed, EXPERIMENTS } from "../../tasks/experiments/list.ts";
import { caught } from "./caught.ts";

const group: CommandGroup = {
  name: "cook",
  summary: "Cooks a dish.",
  what: "DISH",
  help: "which dish",
  members: {
    soup: member(defineCommand({
      name: "cook soup",
      summary: "A soup.\nWith a second line.",
      examples: ["deno task cook soup --salt 2"],
      flags: { salt: { kind: "integer", default: 1, help: "grams" } },
      run: ({ flags, positionals }) => console.log(JSON.stringify([flags.salt, positionals])),
    })),
    cake: member(defineCommand({
      name: "cook cake",
      summary: "A cake.",
      examples: ["deno task cook cake --eggs 3"],
      positionals: [{ name: "TIN", help: "which tin" }],
      flags: { eggs: { kind: "integer", default: 2, help: "eggs" } },
      run: ({ flags, positionals }) => {
        console.log(JSON.stringify([flags.eggs, positionals]));
        return 3;
      },
    })),
  },
};

const run = (...args: string[]) => caught(() => runGroup(group, args));

Deno.test("command group: a member gets its arguments, wherever its name stands, and its exit code counts", async () => {
  assert.deepEqual(await run("soup", "--salt", "5"), { code: 0, out: "[5,[]]\n", err: "" });
  assert.deepEqual(await run("--eggs", "4", "cake", "round"), { code: 3, out: '[4,["round"]]\n', err: "" });
  assert.deepEqual(await run("soup", "--help"), { code: 0, out: help(group.members.soup) + "\n", err: "" });
  assert.match((await run("soup", "--eggs", "1")).err, /^cook soup: unknown flag "--eggs".*There are: --salt/);
});

Deno.test("command group: without a member it says which there are", async () => {
  for (const args of [["--help"], ["-h"]]) {
    assert.deepEqual(await run(...args), { code: 0, out: groupHelp(group) + "\n", err: "" });
  }
  assert.equal(
    groupHelp(group),
    `Cooks a dish.

Usage
  deno task cook DISH [flags]
  deno task cook DISH --help   shows the flags of that dish

DISH: which dish
  soup  A soup.
  cake  A cake.

Examples
  deno task cook soup --salt 2
  deno task cook cake --eggs 3`,
  );
  const cases: [string[], RegExp][] = [
    [[], /^cook: DISH is missing \(which dish\)\. There are: soup, cake\n/],
    [["--salt"], /DISH is missing/],
    [["soap"], /^cook: unknown DISH "soap"\. Did you mean "soup"\? There are: soup, cake\nSee: deno task cook --help/],
    [["--pepper=1"], /unknown flag "--pepper"\. There are: --salt, --eggs/],
  ];
  for (const [args, expected] of cases) {
    const { code, err } = await run(...args);
    assert.equal(code, 2);
    assert.match(err, expected);
  }
});

Deno.test("every experiment has flags with which its settings can be chosen, and a name of its own", async () => {
  assert.equal(new Set(EXPERIMENTS.map(({ name }) => name)).size, EXPERIMENTS.length);
  for (const experiment of EXPERIMENTS) {
    assert.equal(experimentNamed(experiment.name), experiment);
    const defaults = Object.entries(experiment.flags).map(([name, flag]) => [name, flag.default]);
    const { title, estimate } = await experiment.choose(Object.fromEntries(defaults));
    assert.match(title, /small/);
    const { stages, parameters } = estimate();
    assert.ok(parameters > 0 && stages.every(({ flops, steps }) => flops > 0 && steps > 0));
  }
  assert.throws(() => experimentNamed("chess"), /expected a run of rules-and-chance.*found one of "chess"/);
});
