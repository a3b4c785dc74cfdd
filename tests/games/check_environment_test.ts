import assert from "node:assert/strict";
import {
  checkEnvironment,
  type Environment,
  EpisodeOverError,
  Game2048,
  IllegalActionError,
  Othello,
  type Step,
} from "../../lib/games/mod.ts";

Deno.test("2048 and Othello keep every promise of the interface", () => {
  const report = checkEnvironment(() => new Game2048(), { episodes: 8 });
  assert.equal(report.ended, 8);
  assert.ok(report.steps > 400);
  assert.equal(checkEnvironment(() => new Othello(), { episodes: 8 }).ended, 8);
});

Deno.test("the messages of refused steps", () => {
  const game = new Othello();
  assert.throws(() => game.step(19), new EpisodeOverError("othello", false));
  game.reset(0);
  assert.throws(() => game.step(0), (error) => {
    assert.ok(error instanceof IllegalActionError);
    assert.equal(error.message, "othello: action 0 is not legal here; expected one of 19, 26, 37, 44");
    return true;
  });
  const other = new Game2048();
  other.reset(0);
  other.restore({ ...other.snapshot(), over: true });
  assert.throws(() => other.step(0), /^EpisodeOverError: 2048: the episode is over; call reset\(seed\) before step$/);
});

/** A correct game: a dial of ten places that ends after six turns. Each test below breaks one promise. */
class Dial implements Environment<{ place: number; left: number }> {
  readonly name = "dial";
  readonly actionCount: number = 3;
  readonly observationShape = [1];
  readonly observationValues = 10;
  place = 0;
  left = -1;
  reset(seed: number) {
    this.place = seed % 10;
    this.left = 6;
    return { observation: Uint8Array.of(this.place), info: {} };
  }
  step(action: number): Step {
    if (this.left <= 0) throw new EpisodeOverError(this.name, this.left === 0);
    if (!this.legalActions().includes(action)) throw new IllegalActionError(this.name, action, this.legalActions());
    this.place = (this.place + action) % 10;
    this.left--;
    return this.shown();
  }
  shown(): Step {
    return {
      observation: Uint8Array.of(this.place),
      reward: this.place,
      terminated: this.left === 0,
      truncated: false,
      info: {},
    };
  }
  legalActions(): readonly number[] {
    return this.left > 0 ? [1, 2] : [];
  }
  snapshot() {
    return { place: this.place, left: this.left };
  }
  restore(state: { place: number; left: number }) {
    this.place = state.place;
    this.left = state.left;
  }
  clone(): Dial {
    const copy = Object.create(Object.getPrototypeOf(this), Object.getOwnPropertyDescriptors(this));
    copy.restore(structuredClone(this.snapshot()));
    return copy;
  }
}

let drift = 0;
const BROKEN: [string, () => Dial, RegExp][] = [
  ["another episode for the same seed", () =>
    new (class extends Dial {
      override reset(seed: number) {
        return super.reset(seed + drift++);
      }
    })(), /starts alike/],
  ["chance outside the seed", () =>
    new (class extends Dial {
      override shown() {
        return { ...super.shown(), reward: drift++ };
      }
    })(), /shows the same|changes nothing/],
  ["state kept over reset", () =>
    new (class extends Dial {
      extra = 0;
      override reset(seed: number) {
        if (this.left === 0) this.extra = 1;
        return super.reset(seed);
      }
      override shown() {
        return { ...super.shown(), reward: this.extra };
      }
    })(), /the same instance after reset shows the same/],
  ["step before reset", () =>
    new (class extends Dial {
      override left = 1;
    })(), /step before reset is refused/],
  ["step after the end", () =>
    new (class extends Dial {
      override step(action: number) {
        return this.left === 0 ? this.shown() : super.step(action);
      }
    })(), /after the end: expected that step is refused/],
  ["legal actions after the end", () =>
    new (class extends Dial {
      override legalActions() {
        return [1, 2];
      }
    })(), /no action is legal/],
  ["an observation beyond its space", () =>
    new (class extends Dial {
      override shown() {
        return { ...super.shown(), observation: Uint8Array.of(this.place === 5 ? 10 : this.place) };
      }
    })(), /observed bytes are below 10/],
  ["an observation of another size", () =>
    new (class extends Dial {
      override shown() {
        return { ...super.shown(), observation: new Uint8Array(2) };
      }
    })(), /the observation has 1 bytes/],
  ["an observation that is the state", () => {
    const state = new Uint8Array(1);
    return new (class extends Dial {
      override shown() {
        const observation = this.left === 5 ? state.fill(this.place) : Uint8Array.of(state[0] % 10);
        return { ...super.shown(), observation };
      }
    })();
  }, /shows the same|below 10/],
  ["a reward that is no number", () =>
    new (class extends Dial {
      override shown() {
        return { ...super.shown(), reward: NaN };
      }
    })(), /reward is a finite number/],
  ["an illegal action taken", () =>
    new (class extends Dial {
      override step(action: number) {
        return super.step(action === 0 ? 1 : action);
      }
    })(), /action 0 is refused with IllegalActionError/],
  ["an illegal action refused without the legal ones", () =>
    new (class extends Dial {
      override step(action: number) {
        if (this.left > 0 && !this.legalActions().includes(action)) throw new IllegalActionError("dial", action, []);
        return super.step(action);
      }
    })(), /the refusal lists the legal actions/],
  ["legal actions outside the space", () =>
    new (class extends Dial {
      override readonly actionCount = 2;
    })(), /legal actions are below actionCount/],
  ["legal actions out of order", () =>
    new (class extends Dial {
      override legalActions() {
        return [...super.legalActions()].reverse();
      }
    })(), /ascending integers/],
  ["a clone that is the same game", () =>
    new (class extends Dial {
      override clone() {
        return this;
      }
    })(), /changes nothing|leaves the original alone|exactly/],
  ["a snapshot that forgets", () =>
    new (class extends Dial {
      override reset(seed: number) {
        const first = super.reset(seed);
        this.left = 40;
        return first;
      }
      override restore(state: { place: number; left: number }) {
        super.restore({ ...state, place: state.place - state.place % 2 });
      }
    })(), /changes nothing|exactly/],
  ["no end", () =>
    new (class extends Dial {
      override step(action: number) {
        if (this.left === 1) this.left++;
        return super.step(action);
      }
    })(), /an episode ends within 50 steps/],
];

Deno.test("the checker accepts a correct game", () => {
  assert.deepEqual(checkEnvironment(() => new Dial(), { episodes: 3 }), { steps: 18, ended: 3 });
});

for (const [what, create, message] of BROKEN) {
  Deno.test(`the checker finds ${what}`, () => {
    assert.throws(() => checkEnvironment(create, { episodes: 20, maxSteps: 50 }), message);
  });
}
