/** One page that was opened: its socket, its game, and the keys that are down. */
import { startClock } from "./clock.ts";
import type { Live, LiveSession, Screen } from "./live.ts";
import { facts, forget, hello, picturePacket, problem, readPageMessage } from "./protocol.ts";
import type { Turns } from "./turns.ts";

/** Pictures that may be on their way to a page. More would come late where the page is slow. */
const ON_THE_WAY = 4;
/** Presses that may wait for a slow game before more are left out. */
const WAITING = 8;

/** What a player needs of its surroundings. */
export interface PlayerOptions {
  readonly live: Live;
  readonly socket: WebSocket;
  /** Shared by all players, so that games may share one device. */
  readonly turns: Turns;
  /** Told of errors of the game. */
  readonly warn: (error: unknown) => void;
}

/** Connects a page's socket with a game of its own. */
export class Player {
  readonly #options: PlayerOptions;
  readonly #held = new Set<string>();
  #session: LiveSession | undefined;
  #waiting = 0;
  /** Pictures that the page has not said it has drawn. */
  #onTheWay = 0;
  /** The newest picture of each view that could not be sent yet. */
  readonly #late = new Map<number, Uint8Array<ArrayBuffer>>();
  #ticking = false;
  #stopClock = () => {};
  #gone = false;

  constructor(options: PlayerOptions) {
    this.#options = options;
    const { socket } = options;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#begin();
    socket.onmessage = ({ data }) => this.#hear(data);
    socket.onclose = () => this.#end();
    socket.onerror = () => this.#end();
  }

  /** Sends the page away. */
  dismiss(): void {
    this.#options.socket.close(1001, "the server stops");
    this.#end();
  }

  #begin(): void {
    const { live } = this.#options;
    this.#send(hello(live));
    this.#work(async () => {
      const session = await live.open(this.#screen());
      if (this.#gone) return session.close?.();
      this.#session = session;
      if (live.rate !== undefined && session.tick) this.#stopClock = startClock(live.rate, () => this.#tick());
    });
  }

  #hear(data: unknown): void {
    const message = readPageMessage(data);
    if ("problem" in message) return this.#send(problem(message.problem));
    if (message.type === "blur") return this.#releaseAll();
    if (message.type === "shown") return this.#sendLate();
    if (message.type === "release") return this.#release(message.key);
    const { key, repeat } = message;
    this.#held.add(key);
    // A key that is held asks again and again; what is not done at once is not wanted later.
    if (this.#waiting >= (repeat ? 1 : WAITING)) return;
    this.#waiting++;
    const held = new Set(this.#held); // as it is now: the game may take its turn later
    this.#work(async () => {
      try {
        await this.#session?.press(key, held);
      } finally {
        this.#waiting--;
      }
    });
  }

  #release(key: string): void {
    if (!this.#held.delete(key)) return;
    const held = new Set(this.#held);
    this.#work(() => this.#session?.release?.(key, held));
  }

  #releaseAll(): void {
    for (const key of [...this.#held]) this.#release(key);
  }

  async #tick(): Promise<void> {
    if (this.#ticking) return;
    this.#ticking = true;
    await this.#work(() => this.#session?.tick?.(this.#held));
    this.#ticking = false;
  }

  /** In turn with all others. An error of the game is shown to the player and told to the server; both go on. */
  async #work(work: () => void | Promise<void>): Promise<void> {
    const { turns, warn } = this.#options;
    try {
      await turns.take(() => this.#gone ? undefined : work());
    } catch (error) {
      warn(error);
      this.#send(problem(error instanceof Error ? error.message : String(error)));
    }
  }

  #screen(): Screen {
    return {
      show: (view, picture) => {
        const replaces = this.#late.delete(view);
        this.#late.set(view, picturePacket(picture, { view }));
        this.#sendPictures();
        return !replaces;
      },
      say: (lines) => this.#send(facts(lines)),
      keep: (picture, label, mood) => this.#send(picturePacket(picture, { label, mood })),
      forget: () => this.#send(forget()),
    };
  }

  #sendLate(): void {
    this.#onTheWay = Math.max(0, this.#onTheWay - 1);
    this.#sendPictures();
  }

  #sendPictures(): void {
    for (const [view, packet] of this.#late) {
      if (this.#onTheWay >= ON_THE_WAY) return;
      this.#late.delete(view);
      this.#onTheWay++;
      this.#send(packet);
    }
  }

  #send(data: string | Uint8Array<ArrayBuffer>): void {
    const { socket } = this.#options;
    if (socket.readyState === WebSocket.OPEN) socket.send(data);
  }

  #end(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#stopClock();
    const { turns, warn } = this.#options, session = this.#session;
    if (session?.close) turns.take(() => session.close!()).catch(warn);
  }
}
