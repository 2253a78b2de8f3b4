import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppRequestBody, JobRequestBody, SystemRequestBody } from '@arras/contract';
import { Refusal } from '../refusal.ts';

/** The directories and documents of one demonstration. */
export interface DemoPlace {
  readonly root: string;
  /** Data directory of the service. */
  readonly data: string;
  readonly storageSystem: SystemRequestBody;
  readonly executionSystem: SystemRequestBody;
  readonly app: AppRequestBody;
  readonly job: JobRequestBody;
  remove(): Promise<void>;
}

/** Makes a temporary directory with the texts and the app of the examples in it. */
export async function makeDemoPlace(): Promise<DemoPlace> {
  const examples = findExamples();
  const root = await mkdtemp(join(tmpdir(), 'arras-demo-'));
  // A service of root runs its database as another account, which has to get through to it.
  await chmod(root, 0o711);
  const [storage, cluster] = [join(root, 'storage'), join(root, 'cluster')];
  await mkdir(cluster);
  await cp(join(examples, 'texts'), join(storage, 'texts'), { recursive: true });
  await cp(join(examples, 'word-frequency'), join(storage, 'apps', 'word-frequency-1.0'), {
    recursive: true,
  });
  return {
    root,
    data: join(root, 'data'),
    storageSystem: withRoot(await readJson(join(examples, 'systems', 'storage.json')), storage),
    executionSystem: withRoot(await readJson(join(examples, 'systems', 'execution.json')), cluster),
    app: await readJson(join(examples, 'word-frequency', 'app.json')),
    job: await readJson(join(examples, 'word-frequency', 'job.json')),
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function withRoot(system: SystemRequestBody, rootDir: string): SystemRequestBody {
  return { ...system, storage: { ...system.storage, rootDir } };
}

/** The documents are ours; the service checks them like everybody's. */
async function readJson<Body>(path: string): Promise<Body> {
  return JSON.parse(await readFile(path, 'utf8')) as Body;
}

/** In the package, and in a checkout at its root. */
const EXAMPLES = ['../../examples', '../../../../examples'].map((path) => join(import.meta.dirname, path));

function findExamples(): string {
  const path = EXAMPLES.find((place) => existsSync(join(place, 'word-frequency', 'app.json')));
  if (path !== undefined) return path;
  throw new Refusal({
    what: 'The examples that the demo shows are not here.',
    why: `Expected them in ${EXAMPLES.join(' or ')}.`,
    todo: 'Install @arras/cli again: they are a part of it.',
  });
}
