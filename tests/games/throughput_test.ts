import assert from "node:assert/strict";
import { type Environment, Game2048, measureThroughput, Othello } from "../../lib/games/mod.ts";

Deno.test("counts exactly the steps it times, over as many episodes as needed", () => {
  for (const env of [new Game2048(), new Othello()] as Environment[]) {
    let steps = 0, resets = 0;
    const counted: Environment = {
      name: env.name,
      actionCount: env.actionCount,
      observationShape: env.observationShape,
      observationValues: env.observationValues,
      reset: (seed) => (resets++, env.reset(seed)),
      step: (action) => (steps++, env.step(action)),
      legalActions: () => env.legalActions(),
      snapshot: () => env.snapshot(),
      restore: (state) => env.restore(state),
      clone: () => env.clone(),
    };
    const found = measureThroughput(counted, 1000);
    assert.equal(steps, 1100);
    assert.ok(resets > 3);
    assert.equal(found.steps, 1000);
    assert.ok(found.seconds > 0 && found.stepsPerSecond === 1000 / found.seconds);
  }
});

Deno.test("a number of steps that is none is refused", () => {
  assert.throws(() => measureThroughput(new Othello(), 0), /positive number of steps but found 0/);
});
