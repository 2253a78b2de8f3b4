/** A colour as red, green and blue from 0 to 1, without the curve of screens. */
export type LinearColour = readonly [red: number, green: number, blue: number];

/** Reads `#1a7f5a`. @throws RangeError for anything else. */
export function readColour(text: string): LinearColour {
  const [, red, green, blue] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text) ?? [];
  if (red === undefined || green === undefined || blue === undefined)
    throw new RangeError(`expected a colour such as #1a7f5a, got ${text}`);
  return [toLinear(red), toLinear(green), toLinear(blue)];
}

/** The curve of sRGB (IEC 61966-2-1). */
function toLinear(hex: string): number {
  const value = Number.parseInt(hex, 16) / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** How much light and dark differ, from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrastOf(a: LinearColour, b: LinearColour): number {
  const [darker = 0, lighter = 0] = [luminanceOf(a), luminanceOf(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminanceOf([red, green, blue]: LinearColour): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

type Matrix = readonly [LinearColour, LinearColour, LinearColour];

/** What people see who lack a kind of cone (Machado, Oliveira and Fernandes 2009, severity 1). */
const VISIONS = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
} as const satisfies Record<string, Matrix>;

/** A way of seeing. */
export type Vision = keyof typeof VISIONS;

/** All ways of seeing that the palette is made for. */
export const ALL_VISIONS = Object.keys(VISIONS) as readonly Vision[];

/** The colour as somebody with this vision sees it. */
export function seenWith(vision: Vision, colour: LinearColour): LinearColour {
  const [red, green, blue] = VISIONS[vision];
  return [limit(dot(red, colour)), limit(dot(green, colour)), limit(dot(blue, colour))];
}

function dot(a: LinearColour, b: LinearColour): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function limit(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** How different two colours look: ΔE of 1976, the distance in CIE L*a*b*; 2.3 is just noticeable. */
export function distanceOf(a: LinearColour, b: LinearColour): number {
  const [la, aa, ba] = toLab(a);
  const [lb, ab, bb] = toLab(b);
  return Math.hypot(la - lb, aa - ab, ba - bb);
}

function toLab(colour: LinearColour): LinearColour {
  // Divided by the white of D65.
  const x = curve(dot([0.4124564, 0.3575761, 0.1804375], colour) / 0.95047);
  const y = curve(dot([0.2126729, 0.7151522, 0.072175], colour));
  const z = curve(dot([0.0193339, 0.119192, 0.9503041], colour) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function curve(value: number): number {
  return value > 216 / 24389 ? Math.cbrt(value) : (value * 24389) / 27 / 116 + 16 / 116;
}
