import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Refusal } from './refusal.ts';

/** The service's program. It is started, never imported: the command line must work where no service is installed. */
export function findServerMain(): string {
  const path = locate();
  if (path !== null && existsSync(path)) return path;
  throw new Refusal({
    what: 'The service is not installed here.',
    why: 'The package @arras/server cannot be found.',
    todo: 'Install it beside the command line, or name a service elsewhere with ARRAS_URL.',
  });
}

function locate(): string | null {
  try {
    return fileURLToPath(import.meta.resolve('@arras/server'));
  } catch {
    return null; // The caller says what that means.
  }
}
