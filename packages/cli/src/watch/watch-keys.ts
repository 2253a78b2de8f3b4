import { cleanText } from '../clean-text.ts';
import type { Board } from './board.ts';
import { type Call, type JobEffect, JobPanels, UNDER_WAY } from './job-panels.ts';
import { hasKeyboard, Keyboard } from './keyboard.ts';
import { isQuestion, type KeyEffect, type KeyMode, pressKey } from './keys.ts';

/** What keys need of the command that watches. */
export interface KeyOptions {
  readonly call: Call;
  /** As Ctrl-C: ends the watch, and says that the jobs go on. */
  readonly detach: () => void;
}

/**
 * The keys of a watch, from its first update to its end. One key works at a time: what is pressed meanwhile would be
 * about a screen that nobody has seen yet. So would be an answer that comes with the key that asks, as when text is
 * pasted, and one to a question about a job that has ended meanwhile.
 */
export class WatchKeys {
  readonly #board: Board;
  readonly #panels: JobPanels;
  readonly #detach: () => void;
  readonly #keyboard: Keyboard;
  #mode: KeyMode = 'watching';
  /** The job that the question of the mode is about. */
  #askedId: string | null = null;
  #busy: string | null = null;

  /** Null where there are no keys: no terminal to read from or to paint on, or with --curl. */
  static open(board: Board, { call, detach }: KeyOptions): WatchKeys | null {
    if (!call.session.terminal.repaint || call.isCurl || !hasKeyboard()) return null;
    return new WatchKeys(board, { call, detach });
  }

  private constructor(board: Board, { call, detach }: KeyOptions) {
    this.#board = board;
    this.#panels = new JobPanels(call);
    this.#detach = detach;
    this.#keyboard = new Keyboard({
      keys: (pressed) => this.#pressAll(pressed),
      suspend: () => board.suspend(),
      resume: () => board.resume(),
    });
    board.useKeys(() => ({ mode: this.#modeNow(), busy: this.#busy }));
  }

  close(): void {
    this.#keyboard.close();
  }

  #pressAll(keys: readonly string[]): void {
    for (const pressed of keys) {
      this.#press(pressed);
      if (isQuestion(this.#mode)) return;
    }
  }

  /** A question goes with the job that it is about. */
  #modeNow(): KeyMode {
    const isOver = isQuestion(this.#mode) && this.#board.selected?.id !== this.#askedId;
    return isOver ? 'watching' : this.#mode;
  }

  #press(pressed: string): void {
    const { mode, effect } = pressKey(this.#modeNow(), pressed);
    if (effect === 'detach') return this.#detach();
    if (this.#busy !== null) return;
    this.#mode = mode;
    this.#askedId = this.#board.selected?.id ?? null;
    if (effect !== null) this.#do(effect);
    this.#board.repaint();
  }

  #do(effect: Exclude<KeyEffect, 'detach'>): void {
    if (effect === 'next') this.#board.select(1);
    else if (effect === 'previous') this.#board.select(-1);
    else void this.#show(effect);
  }

  async #show(effect: JobEffect): Promise<void> {
    const { selected } = this.#board;
    if (selected === null) return;
    this.#busy = `${UNDER_WAY[effect]}: ${cleanText(selected.name)}`;
    const lines = await this.#panels.show(effect, selected);
    this.#busy = null;
    this.#board.log(...lines);
  }
}
