import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ALL_VISIONS, contrastOf, distanceOf, readColour, seenWith } from './colour-distance.ts';

const CSS = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

/** The custom properties of the rule with exactly this selector. */
function tokensOf(selector: string): Readonly<Record<string, string>> {
  const rule = CSS.split('}').find((part) => part.slice(0, part.indexOf('{')).trim().endsWith(selector));
  assert.ok(rule !== undefined, `${selector} is in tokens.css`);
  return Object.fromEntries(
    [...rule.matchAll(/--([\w-]+): ([^;]+);/g)].map(([, name, value]) => [name, value]),
  );
}

const light = tokensOf(':root');
const dark = { ...light, ...tokensOf(':root[data-theme="dark"]') };
const high = tokensOf(':root[data-contrast="high"]');
const darkHigh = tokensOf(':root[data-theme="dark"][data-contrast="high"]');

const THEMES = {
  light,
  dark,
  'light with high contrast': { ...light, ...high },
  'dark with high contrast': { ...dark, ...high, ...darkHigh },
};

const CLASSES = ['ok', 'active', 'fail', 'idle'] as const;

/** The colour that a token stands for in a theme. */
function colourOf(theme: Readonly<Record<string, string>>, name: string) {
  let value = theme[name] ?? '';
  while (value.startsWith('var(--')) value = theme[value.slice(6, -1)] ?? '';
  return readColour(value);
}

for (const [name, theme] of Object.entries(THEMES)) {
  const least = name.endsWith('contrast') ? 7 : 4.5;

  test(`${name}: every text stands out from what is behind it by ${least}`, () => {
    const pairs = [
      ...[...CLASSES, 'text', 'muted', 'accent'].flatMap((ink) => [
        [ink, 'background'],
        [ink, 'surface'],
      ]),
      ['on-fill', 'fail'],
      ['on-fill', 'accent'],
    ] as const;
    for (const [ink = '', paper = ''] of pairs) {
      const contrast = contrastOf(colourOf(theme, ink), colourOf(theme, paper));
      assert.ok(contrast >= least, `${ink} on ${paper}: ${contrast.toFixed(2)}`);
    }
  });
}

for (const name of ['light', 'dark'] as const)
  test(`${name}: the colours of statuses look different to everybody`, () => {
    for (const vision of ALL_VISIONS)
      for (const [index, a] of CLASSES.entries())
        for (const b of CLASSES.slice(index + 1)) {
          const seen = [a, b].map((token) => seenWith(vision, colourOf(THEMES[name], token)));
          const [first, second] = seen;
          assert.ok(first !== undefined && second !== undefined);
          const distance = distanceOf(first, second);
          assert.ok(distance >= 20, `${a} and ${b} in ${vision}: ΔE ${distance.toFixed(1)}`);
        }
  });

test('distance and contrast are those of the standards', () => {
  const [black, white] = [readColour('#000000'), readColour('#ffffff')];
  assert.equal(contrastOf(black, white), 21);
  assert.ok(Math.abs(distanceOf(black, white) - 100) < 0.01);
});
