import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Api, connectApi, registerApp, registerLocalSystems } from './api.ts';
import {
  type CommandOptions,
  type Finished,
  type Running,
  runCommand,
  startCommand,
} from './command-line.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { startService, type TestService } from './service.ts';

/** A service with small apps, and the command line that speaks to it. */
export interface CliBed extends AsyncDisposable {
  readonly url: string;
  readonly api: Api;
  /** For what cannot be made through the service, such as thousands of jobs. */
  readonly database: TestDatabase;
  /** An empty directory of its own. */
  readonly directory: string;
  run(args: readonly string[], options?: CommandOptions): Promise<Finished>;
  start(args: readonly string[], options?: CommandOptions): Running;
  /** Submits a job of an app and gives its id. */
  submit(appId: string, ...pairs: readonly string[]): Promise<string>;
  /** kill -9. */
  kill(): Promise<void>;
  /** A new process at the same address. */
  revive(): Promise<void>;
  /** kill -9, then a new process at the same address. */
  restart(): Promise<void>;
}

/** Apps of the bed: they print and copy an input, fail, would run for minutes, and write in parts for some seconds. */
const TEMPLATES = {
  greet:
    'echo "hello ${name}"\necho "warned" >&2\nmkdir -p sub\necho "result of ${name}" > sub/result.txt\n[ -z "${text}" ] || wc -w < ${text}\n',
  fail: 'echo "no such thing" >&2\nexit 3\n',
  wait: 'sleep 300\n',
  write:
    'n=0\nwhile [ $n -lt 60 ]; do n=$((n + 1)); printf "line %s \\377\\n" $n; echo "to err $n" >&2; sleep 0.1; done\nprintf "no line feed"\n',
} as const;

/** Starts the bed; `environment` holds further settings of the service. */
export async function startCliBed(environment: Readonly<Record<string, string>> = {}): Promise<CliBed> {
  const stack = new AsyncDisposableStack();
  const database = await createTestDatabase();
  stack.defer(() => database.drop());
  const directory = await mkdtemp(join(tmpdir(), 'arras-cli-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const dataDirectory = join(directory, 'data');
  const begin = (more: Readonly<Record<string, string>> = {}): Promise<TestService> =>
    startService({ databaseUrl: database.url, dataDirectory, environment: { ...environment, ...more } });
  let service = await begin();
  stack.defer(() => service[Symbol.asyncDispose]());
  const { url } = service;
  const api = connectApi(() => url);
  const systems = await registerLocalSystems(api, join(directory, 'systems'));
  await writeFile(join(directory, 'systems/home/words.txt'), 'some words to count\n');
  for (const [name, template] of Object.entries(TEMPLATES)) {
    const parameters = name === 'greet' ? [{ id: 'name', value: { type: 'string', required: true } }] : [];
    await registerApp(api, systems, {
      name,
      template,
      parameters,
      inputs: name === 'greet' ? [{ id: 'text' }] : [],
    });
  }
  const run = (args: readonly string[], options: CommandOptions = {}) =>
    runCommand(args, { url, ...options });
  const submit = async (appId: string, ...pairs: readonly string[]) => {
    const { code, stdout, stderr } = await run([
      'jobs',
      'submit',
      `appId=${appId}`,
      'name=test job',
      'archive=false',
      ...pairs,
    ]);
    if (code !== 0) throw new Error(`submission failed: ${stderr}`);
    return stdout.trim();
  };
  const kill = () => service.kill();
  const revive = async () => {
    service = await begin({ ARRAS_PORT: new URL(url).port });
  };
  return {
    url,
    api,
    database,
    directory,
    run,
    start: (args, options = {}) => startCommand(args, { url, ...options }),
    submit,
    kill,
    revive,
    restart: async () => {
      await kill();
      await revive();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
