import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

// npm run pictures   puts pictures that the last run of the browser tests took into the documentation

const TAKEN = join(import.meta.dirname, 'e2e/screenshots');
const SHOWN = join(import.meta.dirname, '../docs/images');

/** Pictures of the documentation, and those of the tests that they are. */
const PICTURES = { 'jobs.png': 'jobs-light.png', 'job.png': 'job-failed-light.png' } as const;

const missing = Object.values(PICTURES).filter((taken) => !existsSync(join(TAKEN, taken)));
if (missing.length > 0)
  throw new Error(
    `Expected ${missing.join(', ')} in ${TAKEN}: run npm test -- tests/e2e/job.test tests/e2e/jobs-list first`,
  );
mkdirSync(SHOWN, { recursive: true });
for (const [shown, taken] of Object.entries(PICTURES)) copyFileSync(join(TAKEN, taken), join(SHOWN, shown));
