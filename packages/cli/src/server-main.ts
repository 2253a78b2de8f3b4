import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };
import { Refusal } from './refusal.ts';

/** The service's program. It is started, never imported: the command line must work where no service is installed. */
export function findServerMain(): string {
  const path = locate();
  if (path !== null && existsSync(path)) return path;
  throw new Refusal({
    what: 'The service is not installed here.',
    why: 'The package @arras/server cannot be found beside the command line.',
    todo: `Install it there (npm install --ignore-scripts @arras/server@${manifest.version}, or its tarball), or use a service elsewhere: arras login URL.`,
  });
}

function locate(): string | null {
  try {
    return fileURLToPath(import.meta.resolve('@arras/server'));
  } catch {
    return null; // The caller says what that means.
  }
}
