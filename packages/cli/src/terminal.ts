import {
  type JobStatus,
  STATUS_LOOKS,
  STOP_REQUESTED_LOOK,
  type StatusClass,
  type StatusLook,
} from '@arras/contract';

/** What can be shown where the output goes. */
export interface Terminal {
  /** Somebody is looking: tables are fitted to the width. */
  readonly isTty: boolean;
  readonly colour: boolean;
  /** Symbols beyond ASCII can be shown. */
  readonly unicode: boolean;
  /** Lines may be painted over. */
  readonly repaint: boolean;
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line says about colours. */
export type ColourChoice = 'always' | 'never' | 'auto';

/**
 * --color, NO_COLOR (https://no-color.org), CLICOLOR and CLICOLOR_FORCE (https://bixense.com/clicolors), FORCE_COLOR, TERM=dumb;
 * ACCESSIBLE=1 for screen readers: words and lines only, nothing is painted over.
 */
export function describeTerminal({
  isTty,
  env,
  color = 'auto',
}: {
  readonly isTty: boolean;
  readonly env: Environment;
  /** Default: auto, which the environment decides. */
  readonly color?: ColourChoice | undefined;
}): Terminal {
  const dumb = env.TERM === 'dumb';
  const accessible = isAccessible(env);
  const wanted = isOn(env.FORCE_COLOR) || isOn(env.CLICOLOR_FORCE);
  const refused = isGiven(env.NO_COLOR) || env.CLICOLOR === '0' || env.FORCE_COLOR === '0';
  return {
    isTty,
    colour: color === 'auto' ? !refused && (wanted || (isTty && !dumb)) : color === 'always',
    unicode: !accessible && /utf-?8/i.test(firstGiven(env.LC_ALL, env.LC_CTYPE, env.LANG)),
    repaint: isTty && !dumb && !accessible,
  };
}

/** Words and lines are wanted, as for screen readers: ACCESSIBLE=1. */
export function isAccessible(env: Environment): boolean {
  return isOn(env.ACCESSIBLE);
}

function isGiven(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

function isOn(value: string | undefined): boolean {
  return isGiven(value) && value !== '0' && value !== 'false';
}

function firstGiven(...values: (string | undefined)[]): string {
  return values.find(isGiven) ?? '';
}

// The 16 colours of the terminal and no others, so that the reader's own theme applies.
const CODES = { ok: 32, active: 34, fail: 31, idle: 2, bold: 1 } as const satisfies Record<
  StatusClass | 'bold',
  number
>;

/** A colour by what it means. */
export type Tone = keyof typeof CODES;

/** The text in its colour, where there are colours. */
export function paint(terminal: Pick<Terminal, 'colour'>, tone: Tone, text: string): string {
  return terminal.colour ? `\x1b[${CODES[tone]}m${text}\x1b[0m` : text;
}

/** How the status of a job looks; a stop that was asked for is shown until the end is proven. */
export function lookOf(job: { readonly status: JobStatus; readonly stopRequested?: boolean }): StatusLook {
  const look = STATUS_LOOKS[job.status];
  return job.stopRequested === true && look.phase !== 'done' ? STOP_REQUESTED_LOOK : look;
}

/** Symbol and word: `▶ RUNNING`, `◌ RUNNING, stop requested`. */
export function statusText(
  terminal: Pick<Terminal, 'unicode'>,
  job: { readonly status: JobStatus; readonly stopRequested?: boolean },
): string {
  const look = lookOf(job);
  const symbol = terminal.unicode ? look.symbol : look.ascii;
  return `${symbol} ${job.status}${look === STOP_REQUESTED_LOOK ? ', stop requested' : ''}`;
}
