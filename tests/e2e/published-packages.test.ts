import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { distOf, PUBLISHED, type PublishedName } from '../build-packages.ts';
import { packPackages } from '../pack-packages.ts';
import { readCommands, runBlocks } from '../support/doc-commands.ts';
import { eventually } from '../support/eventually.ts';
import { ADMIN_TOKEN } from '../support/service.ts';

const ROOT = join(import.meta.dirname, '../..');
const GUIDE = join(ROOT, 'docs/guides/typescript-client.md');
const [INSTALL = '', TRY = '', FIRST_JOB = '', ANOTHER_NODE = ''] = readCommands(
  'docs/operating/installing.md',
);

/** A project of somebody else, with the tarballs installed as the page says. */
let project: string;

before(async () => {
  project = mkdtempSync(join(tmpdir(), 'arras-project-'));
  // A service of root runs its database as another account, which has to get through to it.
  chmodSync(project, 0o711);
  const tarballs = join(project, 'tarballs');
  packPackages(tarballs);
  const { code, output } = await runBlocks([INSTALL], environment({ tarballs }), project);
  assert.equal(code, 0, output);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ ...readManifest(project), type: 'module' }));
});
after(() => rmSync(project, { recursive: true, force: true, maxRetries: 5 }));

/** Whatever npm is told on this machine counts (its registry, its cache), no setting of Arras does. */
function environment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const ours = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(ARRAS_|DATABASE_URL$|XDG_|NODE_OPTIONS$)/.test(name),
  ) as [string, string][];
  const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  return {
    ...Object.fromEntries(ours),
    PATH,
    XDG_CACHE_HOME: join(project, 'cache'),
    ARRAS_DATA_DIR: join(project, 'none'),
    ...settings,
  };
}

function readManifest(folder: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>>;
}

function installed(name: PublishedName): string {
  return join(project, 'node_modules/@arras', name);
}

const PROGRAM = `
import { createClient, hasEnded } from '@arras/client';
import { JOB_STATUSES } from '@arras/contract';
import job from './node_modules/@arras/cli/examples/word-frequency/job.json' with { type: 'json' };
import openApi from '@arras/contract/openapi.json' with { type: 'json' };

const client = createClient({ url: process.env.ARRAS_URL, token: process.env.ARRAS_TOKEN });
const { id } = await client.jobs.submit({ ...job, archive: false });
const names = [];
for await (const event of client.jobs.watch(id)) names.push(event.name);
const outcomes = await client.jobs.wait([id]);
console.log(names.join(' '));
console.log(outcomes[0].status, hasEnded(outcomes[0].status), JOB_STATUSES.length, openApi.openapi);
`;

/** Runs a program of somebody that uses the client, where no types are stripped. */
function runProgram(url: string): void {
  writeFileSync(join(project, 'program.js'), PROGRAM);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-strip-types', 'program.js'], {
    cwd: project,
    encoding: 'utf8',
    timeout: 180_000,
    env: environment({ ARRAS_URL: url, ARRAS_TOKEN: ADMIN_TOKEN }),
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^CREATED PENDING .* RUNNING .*FINISHED\nFINISHED true 17 3\.1\.\d\n$/);
}

/** The installed service, started as the page says. */
async function serve(name: string) {
  const settings = environment({
    PATH: [join(project, 'node_modules/.bin'), environment({})['PATH']].join(delimiter),
    ARRAS_DATA_DIR: join(project, name),
    ARRAS_PORT: '0',
    ARRAS_ADMIN_TOKEN: ADMIN_TOKEN,
  });
  const child = spawn('arras', ['serve'], { env: settings, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    return child.exitCode;
  };
  try {
    const address = () => /^listening on (\S+)$/m.exec(stdout)?.[1];
    await eventually('the service listens', () => address() ?? child.exitCode !== null, {
      timeoutMs: 120_000,
    });
    assert.ok(address(), stderr);
    return { url: address() ?? '', stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Serves from the installed packages, with a database of their own, and does what the page says. */
async function runFirstJob(version: RegExp): Promise<void> {
  const service = await serve('data');
  try {
    const settings = environment({ ARRAS_URL: service.url, ARRAS_TOKEN: ADMIN_TOKEN });
    const { code, output } = await runBlocks([FIRST_JOB], settings, project);
    assert.equal(code, 0, output);
    assert.match(output, / FINISHED [\s\S]*\n20\ttheir\n/);
    runProgram(service.url);
    const page = await (await fetch(`${service.url}/`)).text();
    const [, script = ''] = /<script [^>]*src="\.\/(assets\/[^"]+)"/.exec(page) ?? [];
    assert.equal((await fetch(`${service.url}/${script}`)).status, 200, page);
    assert.match(await (await fetch(`${service.url}/openapi.json`)).text(), /^\{\s*"openapi"/);
    assert.match(await (await fetch(`${service.url}/metrics`)).text(), version);
  } finally {
    assert.equal(await service.stop(), 0);
    for (const made of ['data', 'files']) rmSync(join(project, made), { recursive: true, maxRetries: 5 });
  }
}

test('what is installed outside of the workspace shows its demo, serves, and runs jobs to FINISHED, also those of the client', async () => {
  const { code, output } = await runBlocks([TRY], environment({}), project);
  assert.equal(code, 0, output);
  assert.ok(output.includes(`\n${String(readManifest(installed('cli'))['version'])}\n`), output);
  assert.match(output, /\n20\ttheir\n[\s\S]*\n {2}npx arras serve +serve on http/);
  await runFirstJob(/nodejs_version_info\{version="v24/);
});

test('the same on Node 26, which is installed beside it', async () => {
  const { code, output } = await runBlocks([ANOTHER_NODE], environment({}), project);
  assert.equal(code, 0, output);
  await runFirstJob(/nodejs_version_info\{version="v26/);
});

test('the installed commands have their names, and say what to do where the service is not installed', (t) => {
  for (const name of ['arras', 'tapis']) {
    const program = join(project, 'node_modules/.bin', name);
    const help = spawnSync(program, ['--help'], { encoding: 'utf8', env: environment({}) });
    assert.match(help.stdout, new RegExp(`^Usage: ${name} `), help.stderr);
  }
  const alone = mkdtempSync(join(tmpdir(), 'arras-alone-'));
  t.after(() => rmSync(alone, { recursive: true }));
  mkdirSync(join(alone, 'node_modules'), { recursive: true });
  for (const name of ['cli', 'client', 'contract'] as const)
    cpSync(installed(name), join(alone, 'node_modules/@arras', name), { recursive: true });
  for (const name of ['zod', 'commander'])
    symlinkSync(join(project, 'node_modules', name), join(alone, 'node_modules', name));
  const main = join(alone, 'node_modules/@arras/cli/src/main.js');
  const { status, stderr } = spawnSync(process.execPath, [main, 'serve'], {
    encoding: 'utf8',
    env: environment({}),
    timeout: 30_000,
  });
  assert.equal(status, 2);
  assert.match(stderr, /not installed here[\s\S]*try: .*npm install --ignore-scripts @arras\/server@\d/);
});

test('on a Node that is too old the command line says which one it needs', () => {
  const pretend = 'Object.defineProperty(process, "versions", { value: { node: "22.1.0" } })';
  const args = [
    '--import',
    `data:text/javascript,${pretend}`,
    join(installed('cli'), 'src/main.js'),
    'serve',
  ];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: environment({}) });
  assert.equal(status, 1);
  assert.match(stderr, /^error: Arras needs Node.js 24 or later\.\n.*22\.1\.0[\s\S]*try: /);
});

/** `from 'x'`, `import 'x'`, `import('x')`, `import.meta.resolve('x')` and, of the libraries that are required, `load('x')`. */
const IMPORT =
  /(?:\bfrom |^import |\bimport\(|\bmeta\.(?:resolve|url\)\.resolve)\(|\bload\()'((?:@[^'/.]+\/)?[a-z][\w.-]*)(?:\/[^']*)?'(?=[;)]| with)/gm;

test('each package names all that it imports, in exact versions', () => {
  for (const name of PUBLISHED) {
    const { dependencies = {}, peerDependencies = {} } = readManifest(installed(name)) as Readonly<
      Record<string, Record<string, string>>
    >;
    const known = { ...dependencies, ...peerDependencies };
    for (const version of Object.values(known)) assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/);
    const files = globSync('**/*.js', { cwd: installed(name), exclude: ['dashboard/**'] });
    const imported = new Set(
      files
        .flatMap((file) => [...readFileSync(join(installed(name), file), 'utf8').matchAll(IMPORT)])
        .map((match) => match[1] ?? '')
        .filter((module) => !module.startsWith('node:')),
    );
    assert.deepEqual([...imported].sort(), Object.keys(known).sort());
  }
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
    assert.match(stderr, /npm run pack/);
    const files = execFileSync('find', [join(project, 'node_modules/@arras', name), '-type', 'f'], {
      encoding: 'utf8',
    });
    assert.doesNotMatch(files, /(?<!\.d)\.ts$|\.test\.|generate\.|tsconfig/m);
    assert.match(files, /LICENSE\n/);
    assert.match(files, /README\.md\n/);
  }
});
