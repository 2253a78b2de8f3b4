import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Builds what is published: packages/NAME/dist, each a whole package of JavaScript with a manifest of its own. Inside the
// workspace the sources are imported as they are and nothing needs a build; npm cannot override `exports` when it packs
// (publishConfig does not reach them), and Node does not strip types below node_modules, so one manifest cannot serve both.

const ROOT = join(import.meta.dirname, '..');

/** Published packages in the order of their dependencies. */
export const PUBLISHED = ['contract', 'client', 'server', 'cli'] as const;

/** A package that is published. */
export type PublishedName = (typeof PUBLISHED)[number];

/** A library is imported by programs of others, with its types, in Node and browsers; a program runs in our Node. */
type Kind = 'library' | 'program';

interface Published {
  readonly kind: Kind;
  /** What it reads at run time beside its modules: the place in the package, and where that is in the checkout. */
  readonly files: Readonly<Record<string, string>>;
}

const PACKAGES = {
  contract: { kind: 'library', files: { 'openapi.json': 'packages/contract/openapi.json' } },
  client: { kind: 'library', files: {} },
  server: {
    kind: 'program',
    files: { migrations: 'packages/server/migrations', dashboard: 'packages/server/dashboard' },
  },
  cli: {
    kind: 'program',
    // What `arras demo` shows, and what the guides begin with.
    files: {
      'examples/systems': 'examples/systems',
      'examples/texts': 'examples/texts',
      'examples/word-frequency': 'examples/word-frequency',
    },
  },
} as const satisfies Readonly<Record<PublishedName, Published>>;

/** The directory that is packed. */
export function distOf(name: PublishedName): string {
  return join(ROOT, 'packages', name, 'dist');
}

/** Sources that are commands of the workspace, and no part of the package. */
const LEFT_OUT = ['src/**/*.test.ts', 'src/generate.ts'];

/** Builds all published packages anew, with the dashboard as it was built last. Throws when one has a mistake. */
export function buildPackages(): void {
  if (!existsSync(join(ROOT, 'packages/server/dashboard/index.html')))
    throw new Error('The dashboard, a part of @arras/server, is not built: npm run build');
  for (const name of PUBLISHED) {
    rmSync(distOf(name), { recursive: true, force: true });
    mkdirSync(distOf(name), { recursive: true });
    compile(name);
    writeFileSync(
      join(distOf(name), 'package.json'),
      `${JSON.stringify(publishedManifest(name), null, 2)}\n`,
    );
    cpSync(join(ROOT, 'LICENSE'), join(distOf(name), 'LICENSE'));
    cpSync(join(ROOT, 'packages', name, 'README.md'), join(distOf(name), 'README.md'));
    for (const [place, source] of Object.entries(PACKAGES[name].files))
      cpSync(join(ROOT, source), join(distOf(name), place), { recursive: true });
  }
}

function compile(name: PublishedName): void {
  const configuration = join(distOf(name), 'tsconfig.json');
  writeFileSync(configuration, JSON.stringify(compilerSettings(name)));
  const compiler = join(ROOT, 'node_modules/.bin/tsc');
  const { status, stdout } = spawnSync(compiler, ['-p', configuration], { cwd: ROOT, encoding: 'utf8' });
  rmSync(configuration);
  if (status !== 0) throw new Error(`@arras/${name} cannot be built:\n${stdout}`);
}

function compilerSettings(name: PublishedName) {
  const source = join(ROOT, 'packages', name);
  return {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      outDir: distOf(name),
      rewriteRelativeImportExtensions: true,
      // Each package is checked against those below it as they are published.
      paths: {
        '@arras/contract': [join(distOf('contract'), 'index.d.ts')],
        '@arras/client': [join(distOf('client'), 'index.d.ts')],
      },
      ...KIND_SETTINGS[PACKAGES[name].kind](source),
    },
    include: [join(source, 'src')],
    exclude: LEFT_OUT.map((pattern) => join(source, pattern)),
  };
}

const KIND_SETTINGS = {
  library: (source) => ({
    rootDir: join(source, 'src'),
    declaration: true,
    target: 'es2022',
    // What Node and browsers have both: neither `process` nor `Buffer` nor node: modules pass the compiler.
    lib: ['es2024', 'dom', 'dom.iterable'],
    types: [],
  }),
  program: (source) => ({
    // Modules stay in `src`: what they read beside it is as far from them as in the checkout.
    rootDir: source,
    // As it is written, `await using` and all: what strips types does no more either.
    target: 'esnext',
    // Nobody imports a program, so its types are those that `npm run check` knows, where they are checked.
    noCheck: true,
  }),
} as const satisfies Readonly<Record<Kind, (source: string) => object>>;

/** Fields of a workspace's manifest that the published one has too, or other ones in their place. */
type Manifest = Readonly<Record<string, unknown>>;

function publishedManifest(name: PublishedName): Manifest {
  const text = readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8');
  const { private: _, scripts: __, ...manifest } = JSON.parse(text) as Manifest;
  return { ...manifest, ...MANIFEST_FIELDS[name] };
}

/** In the workspace npm itself may run on Node 20, and would warn about it. */
const ENGINES = { engines: { node: '>=24' } };

const MAIN = './src/main.js';

const MANIFEST_FIELDS = {
  contract: {
    exports: {
      '.': { types: './index.d.ts', default: './index.js' },
      './openapi.json': './openapi.json',
    },
  },
  client: { exports: { '.': { types: './index.d.ts', default: './index.js' } } },
  server: { ...ENGINES, exports: { '.': MAIN } },
  cli: { ...ENGINES, bin: { arras: MAIN, tapis: MAIN } },
} as const satisfies Readonly<Record<PublishedName, Manifest>>;
