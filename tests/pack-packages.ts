import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { buildPackages, distOf, PUBLISHED, type PublishedName } from './build-packages.ts';

// npm run pack             the tarballs of everything that is published, into dist/
// npm run pack -- FOLDER   into another folder

/** Builds everything that is published and packs it into a folder, which is made; tells the path of each tarball. */
export function packPackages(folder: string): Readonly<Record<PublishedName, string>> {
  buildPackages();
  mkdirSync(folder, { recursive: true });
  const entries = PUBLISHED.map((name) => [name, pack(name, folder)] as const);
  return Object.fromEntries(entries) as Record<PublishedName, string>;
}

// npm pack --json: [{"id": "@arras/cli@0.1.0", "filename": "arras-cli-0.1.0.tgz", …}], or with older and newer ones an object.
function pack(name: PublishedName, folder: string): string {
  const { status, stdout, stderr } = spawnSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: distOf(name),
    encoding: 'utf8',
  });
  const filename = /"filename": *"([^"]+)"/.exec(stdout)?.[1];
  if (status !== 0 || filename === undefined) throw new Error(`@arras/${name} cannot be packed:\n${stderr}`);
  return join(folder, filename);
}

if (import.meta.main) {
  const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '../dist'));
  // Those of another version must not be installed with these.
  for (const old of globSync(`arras-{${PUBLISHED.join(',')}}-*.tgz`, { cwd: folder }))
    rmSync(join(folder, old));
  for (const tarball of Object.values(packPackages(folder))) console.log(relative(process.cwd(), tarball));
  console.log('docs/operating/installing.md says how to install them.');
}
