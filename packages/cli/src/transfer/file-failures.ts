import { ApiFailure, UnreachableFailure } from '@arras/client';
import { worstExitCode } from '../exit-code-of.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { explainFailure, Refusal } from '../refusal.ts';
import { codeOf } from './errno.ts';

/** A full disk or a lost right to it stops every file. */
const FATAL_CODES: readonly (string | undefined)[] = ['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE'];

/** True when the other files would fail as well. */
export function isFatal(error: unknown): boolean {
  if (error instanceof UnreachableFailure) return true;
  if (error instanceof ApiFailure) return error.status === 401 || error.status >= 500;
  return FATAL_CODES.includes(codeOf(error));
}

/** What went wrong with single files, and the code that the command ends with. */
export class FileFailures {
  readonly #codes: ExitCode[] = [];

  get count(): number {
    return this.#codes.length;
  }

  get exitCode(): ExitCode {
    return worstExitCode(this.#codes);
  }

  /** Notes a failure and says it in one line. */
  note(path: string, error: unknown): string {
    const { what, why, exitCode } = explainFailure(error, '');
    this.#codes.push(exitCode);
    return `${path}: ${error instanceof Refusal ? `${what} ${why.join(' ')}` : what}`;
  }

  /** Notes something that is not done because of its name. */
  refuse(path: string, why: string): string {
    this.#codes.push(EXIT.error);
    return `${path} is left out: ${why}`;
  }
}
