/** The eight colours of a terminal, in the order of their numbers (ECMA-48 section 8.3.117, SGR 30 to 37). */
export const ANSI_COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/** A colour of a terminal. Its shade is the page's, so that it can be read on every theme. */
export type AnsiColour = (typeof ANSI_COLOURS)[number];

/** The colour of a number of the palette of 256; null for none. */
export function paletteColour(number: number): AnsiColour | null {
  if (!Number.isInteger(number) || number < 0 || number > 255) return null;
  if (number < 16) return ANSI_COLOURS[number % 8] ?? null;
  if (number >= 232) return number < 244 ? 'black' : 'white';
  const cube = number - 16;
  const level = (step: number) => Math.floor(cube / step) % 6;
  return nearestColour(level(36) * 51, level(6) * 51, level(1) * 51);
}

/** The one of the eight that is most like a colour; parts from 0 to 255. */
export function nearestColour(red: number, green: number, blue: number): AnsiColour {
  const most = Math.max(red, green, blue);
  const least = Math.min(red, green, blue);
  if (most - least < 32) return most < 128 ? 'black' : 'white';
  const middle = (most + least) / 2;
  const bits = (red > middle ? 1 : 0) + (green > middle ? 2 : 0) + (blue > middle ? 4 : 0);
  return ANSI_COLOURS[bits] ?? 'white';
}
