import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Builds what is published: packages/contract/dist and packages/client/dist, each a whole package of JavaScript and
// declarations with a manifest of its own. Inside the workspace the sources are imported as they are and nothing needs
// a build; npm cannot override `exports` when it packs (publishConfig does not reach them), and Node does not strip
// types below node_modules, so one manifest cannot serve both.

const ROOT = join(import.meta.dirname, '..');

/** Published packages in the order of their dependencies. */
export const PUBLISHED = ['contract', 'client'] as const;

/** A package that is published. */
export type PublishedName = (typeof PUBLISHED)[number];

/** The directory that is packed. */
export function distOf(name: PublishedName): string {
  return join(ROOT, 'packages', name, 'dist');
}

/** Sources that are commands of the workspace, and no part of the package. */
const LEFT_OUT = ['src/**/*.test.ts', 'src/generate.ts'];

/** Builds all published packages anew. Throws when one has a mistake. */
export function buildPackages(): void {
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
  }
  cpSync(join(ROOT, 'packages/contract/openapi.json'), join(distOf('contract'), 'openapi.json'));
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
      rootDir: join(source, 'src'),
      outDir: distOf(name),
      declaration: true,
      rewriteRelativeImportExtensions: true,
      target: 'es2022',
      // What Node and browsers have both: neither `process` nor `Buffer` nor node: modules pass the compiler.
      lib: ['es2024', 'dom', 'dom.iterable'],
      types: [],
      // The client is checked against the contract as it is published.
      paths: { '@arras/contract': [join(distOf('contract'), 'index.d.ts')] },
    },
    include: [join(source, 'src')],
    exclude: LEFT_OUT.map((pattern) => join(source, pattern)),
  };
}

function publishedManifest(name: PublishedName): Readonly<Record<string, unknown>> {
  const text = readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8');
  const { private: _, scripts: __, ...manifest } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return {
    ...manifest,
    exports: {
      '.': { types: './index.d.ts', default: './index.js' },
      ...(name === 'contract' && { './openapi.json': './openapi.json' }),
    },
  };
}

if (import.meta.main) {
  buildPackages();
  for (const name of PUBLISHED) console.log(`built @arras/${name}: npm publish ./packages/${name}/dist`);
}
