import { signal } from '@preact/signals';

/** A dialog of the frame. */
export type Overlay = 'keyboard' | 'palette' | 'preferences';

/** The dialog of the frame that is open. */
export const overlay = signal<Overlay | null>(null);
