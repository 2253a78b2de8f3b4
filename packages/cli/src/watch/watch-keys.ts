import { cleanText } from '../clean-text.ts';
import type { Board } from './board.ts';
import { type Call, type JobEffect, JobPanels, UNDER_WAY } from './job-panels.ts';
import { hasKeyboard, Keyboard } from './keyboard.ts';
import { type KeyEffect, type KeyMode, pressKey } from './keys.ts';

/** What keys need of the command that watches. */
export interface KeyOptions {
  readonly call: Call;
  /** As Ctrl-C: ends the watch, and says that the jobs go on. */
  readonly detach: () => void;
}

/**
 * The keys of a watch, from its first update to its end. One key works at a time: what is pressed meanwhile would be
 * about a screen that nobody has seen yet.
 */
export class WatchKeys {
  readonly #board: Board;
  readonly #panels: JobPanels;
  readonly #detach: () => void;
  readonly #keyboard: Keyboard;
  #mode: KeyMode = 'watching';
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
      key: (pressed) => this.#press(pressed),
      suspend: () => board.suspend(),
      resume: () => board.resume(),
    });
    board.useKeys(() => ({ mode: this.#mode, busy: this.#busy }));
  }

  close(): void {
    this.#keyboard.close();
  }

  #press(pressed: string): void {
    const { mode, effect } = pressKey(this.#mode, pressed);
    if (effect === 'detach') return this.#detach();
    if (this.#busy !== null) return;
    this.#mode = mode;
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
