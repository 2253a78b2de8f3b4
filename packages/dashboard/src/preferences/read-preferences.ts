/** What somebody has chosen in this browser. `system` follows the system's own choice. */
export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  readonly contrast: 'system' | 'normal' | 'high';
  /** Of exact times. */
  readonly timeZone: 'local' | 'utc';
  /** Whether single keys do something (WCAG 2.1.4). */
  readonly shortcuts: 'on' | 'off';
}

/** Every preference with its values, the default first. */
export const PREFERENCE_VALUES = {
  theme: ['system', 'light', 'dark'],
  contrast: ['system', 'normal', 'high'],
  timeZone: ['local', 'utc'],
  shortcuts: ['on', 'off'],
} as const satisfies { readonly [Key in keyof Preferences]: readonly Preferences[Key][] };

/** Reads what was kept; whatever is none of the values becomes the default. */
export function readPreferences(text: string | null): Preferences {
  const kept = parse(text);
  return {
    theme: choose(PREFERENCE_VALUES.theme, kept.theme),
    contrast: choose(PREFERENCE_VALUES.contrast, kept.contrast),
    timeZone: choose(PREFERENCE_VALUES.timeZone, kept.timeZone),
    shortcuts: choose(PREFERENCE_VALUES.shortcuts, kept.shortcuts),
  };
}

/** Somebody may have edited it, or a later version have written it. */
function parse(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const kept: unknown = JSON.parse(text ?? '{}');
    return typeof kept === 'object' && kept !== null ? { ...kept } : {};
  } catch {
    return {};
  }
}

function choose<Value>(values: readonly [Value, ...Value[]], kept: unknown): Value {
  return values.find((value) => value === kept) ?? values[0];
}

/** The attributes of the root element: what the styles go by. */
export function themeOf(
  { theme, contrast }: Preferences,
  system: { readonly isDark: boolean; readonly wantsContrast: boolean },
): { readonly theme: 'light' | 'dark'; readonly contrast: 'normal' | 'high' } {
  const asSystem = system.isDark ? 'dark' : 'light';
  const systemContrast = system.wantsContrast ? 'high' : 'normal';
  return {
    theme: theme === 'system' ? asSystem : theme,
    contrast: contrast === 'system' ? systemContrast : contrast,
  };
}
