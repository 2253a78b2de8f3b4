import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderChannelReference } from './channel-reference.ts';
import { buildOpenApi } from './openapi.ts';
import {
  renderApiReference,
  renderErrorReference,
  renderStatusReference,
  renderTemplateReference,
} from './reference.ts';
import { renderSearchReference } from './search-reference.ts';

// Writes everything that is made from the contract. With --check it writes nothing and exits with 1 when a file is
// not what it would write.

const root = path.resolve(import.meta.dirname, '../../..');

const manifest: unknown = JSON.parse(readFileSync(path.join(root, 'packages/contract/package.json'), 'utf8'));
const version = (manifest as { version: string }).version;

const files = {
  'packages/contract/openapi.json': `${JSON.stringify(buildOpenApi({ version }), null, 2)}\n`,
  'docs/reference/errors.md': renderErrorReference(),
  'docs/reference/statuses.md': renderStatusReference(),
  'docs/reference/template-variables.md': renderTemplateReference(),
  'docs/reference/channels.md': renderChannelReference(),
  'docs/reference/job-search.md': renderSearchReference(),
  'docs/reference/api.md': renderApiReference(),
};

const stale = Object.entries(files).filter(([name, content]) => read(name) !== content);

if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`${name} is not current: run npm run generate and commit it`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [name, content] of stale) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), content);
    console.log(`wrote ${name}`);
  }
}

function read(name: string): string | null {
  try {
    return readFileSync(path.join(root, name), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
