import { ApiFailure, UnreachableFailure } from '@arras/client';
import { ERRORS, type ErrorCode, renderProblem } from '@arras/contract';
import { cleanText } from './clean-text.ts';
import { exitCodeOfFailure } from './exit-code-of.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** What is said about a failure: what happened, why, what to do, and what names it in the log of the service. */
export interface Complaint {
  readonly what: string;
  /** One line; several only for a request with several problems. */
  readonly why: readonly string[];
  readonly todo: string;
  /** Null when the service was not asked, or did not name the request. */
  readonly requestId: string | null;
  readonly exitCode: ExitCode;
}

/** Something this program refuses by itself. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly complaint: Complaint;

  constructor({
    what,
    why,
    todo,
    exitCode = EXIT.usage,
  }: { what: string; why: string; todo: string; exitCode?: ExitCode }) {
    super(what);
    this.complaint = { what, why: [why], todo, requestId: null, exitCode };
  }
}

/** The commands that help where the catalogue's remedy speaks of the API. */
const COMMANDS: Partial<Record<ErrorCode, string>> = {
  'job.not-found': 'jobs list',
  'output.not-found': 'jobs outputs list JOB',
  'file.not-found': 'files list agave://SYSTEM/DIRECTORY',
  'system.not-found': 'systems list',
  'role.not-found': 'systems roles list SYSTEM',
  'app.not-found': 'apps list',
  'profile.not-found': 'profiles list',
  'token.not-found': 'tokens list',
  'job.action-impossible': 'jobs status JOB',
  'permission.not-found': 'jobs pems list JOB',
  'notification.not-found': 'notifications list',
  'filter.not-found': 'jobs filters list',
  'attempt.not-found': 'notifications attempts SUBSCRIPTION --all',
};

const SIGN_IN =
  'Sign in with "PROGRAM login", or set ARRAS_TOKEN to a valid token; "PROGRAM help environment" says where tokens are sought.';

/** Explains anything that was thrown. `program` is the name under which this program was called. */
export function explainFailure(failure: unknown, program: string): Complaint {
  if (failure instanceof Refusal) return failure.complaint;
  if (failure instanceof ApiFailure) return explainAnswer(failure, program);
  const exitCode = exitCodeOfFailure(failure);
  if (failure instanceof UnreachableFailure) {
    const why = failure.message.split(': ').slice(1).join(': ');
    const what = `The service at ${failure.url} cannot be reached.`;
    return {
      what,
      why: [why],
      todo: `Start it with "${program} serve", or name another one with --url or ARRAS_URL.`,
      requestId: null,
      exitCode,
    };
  }
  const what = failure instanceof Error ? failure.message : String(failure);
  return {
    what,
    why: ['This is unexpected.'],
    todo: `Repeat the command; report it if it happens again.`,
    requestId: null,
    exitCode,
  };
}

function explainAnswer(failure: ApiFailure, program: string): Complaint {
  const source = `The service answered ${failure.status} ${failure.code}.`;
  const { problems, code } = failure;
  return {
    what: problems.length > 0 && code !== 'unknown' ? ERRORS[code].message : failure.message,
    why: problems.length > 0 ? problems.map(renderProblem) : [source],
    todo: remedyOf(failure, program),
    requestId: failure.requestId,
    exitCode: exitCodeOfFailure(failure),
  };
}

function remedyOf(failure: ApiFailure, program: string): string {
  if (failure.code === 'auth.wrong-password') return 'Check the name and the password.';
  if (failure.status === 401) return SIGN_IN.replaceAll('PROGRAM', program);
  const command = failure.code === 'unknown' ? undefined : COMMANDS[failure.code];
  if (command !== undefined) return `${program} ${command}`;
  return failure.remedy ?? 'Check that the address is that of an Arras service.';
}

/** What, why, what to do; and a line by which the service's log has more. */
export function renderComplaint({ what, why, todo, requestId }: Complaint): string {
  const [first = '', ...more] = why.map(cleanText);
  return [
    `error: ${cleanText(what)}`,
    `  why: ${first}`,
    ...more.map((line) => `       ${line}`),
    `  try: ${cleanText(todo)}`,
    ...(requestId === null ? [] : [`  details: request-id ${cleanText(requestId)}`]),
    '',
  ].join('\n');
}
