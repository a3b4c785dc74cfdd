/** A tiny game: a square whose colour counts presses of "u"; "x" fails; with a rate, held "h" counts too. */
import type { Live, Screen } from "../../lib/play/mod.ts";

/** What happened in all games of one `counterGame`, in order. */
export interface Diary {
  readonly entries: string[];
}

export function counterGame(diary: Diary, options: Pick<Live, "rate"> = {}): Live {
  let games = 0;
  return {
    title: "Counter",
    about: "Counts.",
    views: [{ name: "Square", width: 4, height: 4 }],
    keys: [{ keys: ["u"], does: "count" }, { keys: ["x"], does: "fail" }, { keys: ["h"], does: "count while held" }],
    history: "Counts so far",
    ...options,
    open(screen) {
      const game = games++;
      let count = 0;
      diary.entries.push(`open ${game}`);
      draw(screen, count);
      const add = () => draw(screen, ++count);
      return {
        async press(key) {
          diary.entries.push(`${game} begins ${key}`);
          await Promise.resolve();
          if (key === "x") throw new Error("the counter is stuck");
          if (key === "u") add();
          diary.entries.push(`${game} ends ${key}`);
        },
        release: (key, held) => void diary.entries.push(`${game} lets ${key} go, ${held.size} held`),
        tick: (held) => held.has("h") ? add() : undefined,
        close: () => void diary.entries.push(`close ${game}`),
      };
    },
  };
}

function draw(screen: Screen, count: number): void {
  const rgb = new Uint8Array(48).fill(count);
  screen.show(0, { width: 4, height: 4, rgb });
  screen.keep({ width: 4, height: 4, rgb }, String(count), count % 2 ? "good" : "bad");
  screen.say([{ label: "Count", value: String(count), mood: "good" }]);
}
