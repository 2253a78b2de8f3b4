import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { EXAMPLES } from '../../packages/cli/src/examples.ts';
import { EXIT, EXIT_MEANINGS } from '../../packages/cli/src/exit-codes.ts';
import { FILTER_KEYS } from '../../packages/contract/src/index.ts';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import { ADMIN_TOKEN } from '../support/service.ts';

const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts');

let bed: CliBed;
let place: string;
before(async () => {
  bed = await startCliBed();
  place = join(bed.directory, 'examples');
  await mkdir(join(place, 'bin'), { recursive: true });
  await writeFile(join(place, 'bin/arras'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  await chmod(join(place, 'bin/arras'), 0o755);
  const job = { appId: 'greet-1.0', name: 'trial', archive: false, parameters: { name: 'ada' } };
  await writeFile(join(place, 'job.json'), JSON.stringify(job));
  await bed.submit('greet-1.0', 'name=old one', 'parameters.name=eve');
});
after(() => bed[Symbol.asyncDispose]());

for (const [command, examples] of Object.entries(EXAMPLES)) {
  test(`the examples in the help of ${command} work`, async () => {
    const { stdout: help } = await bed.run(['help', ...command.split(' ')]);
    for (const example of examples) {
      assert.ok(help.includes(`  ${example}\n`), `${example} is not in the help`);
      await promisify(execFile)('bash', ['-eo', 'pipefail', '-c', example], {
        cwd: place,
        env: {
          PATH: `${join(place, 'bin')}:${process.env['PATH'] ?? ''}`,
          HOME: place,
          ARRAS_URL: bed.url,
          ARRAS_TOKEN: ADMIN_TOKEN,
        },
      });
    }
  });
}

test('help names its topics, and each is made of the data that the program uses', async () => {
  const topic = async (name: string) => (await bed.run(['help', name])).stdout;
  const codes = await topic('exit-codes');
  for (const name of Object.keys(EXIT) as (keyof typeof EXIT)[])
    assert.match(codes, new RegExp(`^ *${EXIT[name]} {2}${EXIT_MEANINGS[name]}$`, 'm'));
  const filters = await topic('filters');
  for (const { example } of Object.values(FILTER_KEYS)) assert.ok(filters.includes(`  ${example} `), example);
  const environment = await topic('environment');
  for (const name of ['ARRAS_URL', 'NO_COLOR', 'FORCE_COLOR', 'TERM=dumb', 'ACCESSIBLE=1', 'XDG_CACHE_HOME'])
    assert.ok(environment.includes(name), name);
  assert.match(await topic('json'), /\njobs status\n {2}id, status, stopRequested/);
  const { stdout } = await bed.run(['--help']);
  assert.match(stdout, /exit-codes,\s+environment, filters, json/);
});

test('help on a command is its --help, and on what there is not a usage error', async () => {
  assert.equal(
    (await bed.run(['help', 'jobs', 'list'])).stdout,
    (await bed.run(['jobs', 'list', '--help'])).stdout,
  );
  assert.equal((await bed.run(['help', 'nosuch'])).code, 2);
});

test('a mistyped command or option is answered with the nearest', async () => {
  assert.match((await bed.run(['jbos'])).stderr, /why: Did you mean jobs\?\n/);
  assert.match((await bed.run(['jobs', 'list', '--save', 'x'])).stderr, /why: Did you mean --saved\?\n/);
  assert.match((await bed.run(['jobs', 'list', '--quite'])).stderr, /why: Did you mean --quiet\?\n/);
});
