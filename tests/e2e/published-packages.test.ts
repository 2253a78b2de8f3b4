import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildPackages, distOf, PUBLISHED } from '../build-packages.ts';
import { connectApi, registerApp, registerLocalSystems } from '../support/api.ts';
import { createTestDatabase } from '../support/database.ts';
import { ADMIN_TOKEN, startService } from '../support/service.ts';

const ROOT = join(import.meta.dirname, '../..');
const GUIDE = join(ROOT, 'docs/guides/typescript-client.md');

/** A project of somebody else, with the packages installed as npm does. */
let project: string;

before(() => {
  buildPackages();
  project = mkdtempSync(join(tmpdir(), 'arras-project-'));
  mkdirSync(join(project, 'node_modules/@arras'), { recursive: true });
  for (const name of PUBLISHED) install(name);
  // In place of a download. What resolves from here is a package of the registry, as it was published.
  symlinkSync(join(ROOT, 'node_modules/zod'), join(project, 'node_modules/zod'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
});
after(() => rmSync(project, { recursive: true, force: true }));

function install(name: (typeof PUBLISHED)[number]): void {
  const answer = execFileSync('npm', ['pack', '--json', '--pack-destination', project, distOf(name)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const filename = /"filename": *"([^"]+)"/.exec(answer)?.[1] ?? '';
  execFileSync('tar', ['-xzf', join(project, filename), '-C', project]);
  cpSync(join(project, 'package'), join(project, 'node_modules/@arras', name), { recursive: true });
  rmSync(join(project, 'package'), { recursive: true });
}

const PROGRAM = `
import { createClient, hasEnded } from '@arras/client';
import { JOB_STATUSES } from '@arras/contract';
import openApi from '@arras/contract/openapi.json' with { type: 'json' };

const client = createClient({ url: process.env.ARRAS_URL, token: process.env.ARRAS_TOKEN });
const { id } = await client.jobs.submit({ name: 'published', appId: 'hello-1.0', archive: false });
const names = [];
for await (const event of client.jobs.watch(id)) names.push(event.name);
const outcomes = await client.jobs.wait([id]);
console.log(names.join(' '));
console.log(outcomes[0].status, hasEnded(outcomes[0].status), JOB_STATUSES.length, openApi.openapi);
`;

test('the packed packages run as plain JavaScript: submit, watch and wait', async () => {
  await using stack = new AsyncDisposableStack();
  const database = await createTestDatabase();
  stack.defer(() => database.drop());
  const service = stack.use(await startService({ databaseUrl: database.url }));
  const api = connectApi(() => service.url);
  const systems = await registerLocalSystems(api, join(project, 'systems'));
  await registerApp(api, systems, { name: 'hello', template: 'echo hello\n' });
  writeFileSync(join(project, 'program.js'), PROGRAM);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-strip-types', 'program.js'], {
    cwd: project,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env['PATH'] ?? '', ARRAS_URL: service.url, ARRAS_TOKEN: ADMIN_TOKEN },
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^CREATED PENDING .* RUNNING .*FINISHED\nFINISHED true 17 3\.1\.\d\n$/);
});

/** The code of the guide, and proof that types are more than \`any\`. */
function readTypedProgram(): string {
  const blocks = readFileSync(GUIDE, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm);
  const wrong = `
// @ts-expect-error a status is none of any text
const status: 'DONE' = (await client.jobs.show(job.id)).status;
// @ts-expect-error an operation of no service
await client.call('explodeJob', {});
console.log(status);
`;
  return [...blocks].map((match) => match[1]).join('\n') + wrong;
}

for (const [module, moduleResolution] of [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
] as const) {
  test(`the types of the packed packages are found with ${moduleResolution} resolution`, () => {
    writeFileSync(join(project, 'guide.ts'), readTypedProgram());
    // The only thing of Node that the guide uses.
    writeFileSync(
      join(project, 'node.d.ts'),
      'declare const process: { env: Record<string, string | undefined> };\n',
    );
    const settings = {
      compilerOptions: {
        module,
        moduleResolution,
        target: 'es2022',
        lib: ['es2023', 'dom', 'dom.iterable'],
        types: [],
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
      },
      files: ['guide.ts', 'node.d.ts'],
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(settings));
    const { status, stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', project], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout);
  });
}

test('what is packed holds no sources, tests or commands, and cannot be packed from the workspace by mistake', () => {
  for (const name of PUBLISHED) {
    const { status, stderr } = spawnSync('npm', ['pack', '--dry-run'], {
      cwd: join(distOf(name), '..'),
      encoding: 'utf8',
    });
    assert.notEqual(status, 0);
    assert.match(stderr, /npm run build/);
    const files = execFileSync('find', [join(project, 'node_modules/@arras', name), '-type', 'f'], {
      encoding: 'utf8',
    });
    assert.doesNotMatch(files, /(?<!\.d)\.ts$|\.test\.|generate\.|tsconfig/m);
    assert.match(files, /LICENSE\n/);
    assert.match(files, /README\.md\n/);
  }
});
