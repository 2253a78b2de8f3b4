import { CALLBACK_FILE, NOTIFY_COMMAND, NOTIFY_SCRIPT, SIGN_FILE } from '../domain/message-script.ts';
import { ARCHIVE_MANIFEST } from '../domain/places.ts';
import { createGatherer } from './gatherer.ts';
import type { Launch, Scheduler } from './scheduler.ts';
import type { Installation, Installed, InstalledFile, InstallFailure, Shell } from './shell.ts';
import { renderWrapper, WRAPPER_PATH } from './wrapper-script.ts';

/** What is put into a work directory for a try. The texts are made by `domain/wrapper-template.ts`. */
export interface Preparation {
  readonly program: string;
  readonly values: Uint8Array;
  /** How the program may call the service; secret. Absent: it may not. */
  readonly callback?: string;
  /** What it signs its messages with; secret. Absent: it sends none by way of the spool. */
  readonly sign?: Uint8Array;
  readonly assets: Assets;
}

/** The app's files: copied already (their paths, relative to the work directory), or to be copied on the host. */
export type Assets =
  | { readonly copied: readonly string[] }
  /** Absolute; no link below `root` is followed, links and special files are left out (RELIABILITY R13). */
  | { readonly root: string; readonly path: string };

/** `assets-too-large`: nothing was done, because the files would hold up other launches; they are to be copied first. */
export type Prepared = 'prepared' | 'assets-too-large';

/** The host said why a work directory could not be filled. `code` is one of those that `domain/failure.ts` knows. */
export class PreparationFailed extends Error {
  override readonly name = 'PreparationFailed';
  readonly code: InstallFailure;

  constructor(code: InstallFailure, reason: string) {
    super(reason);
    this.code = code;
  }
}

/** Fills work directories, several with one command when they come close together: see `Executor`. */
export interface Installer {
  createWorkDirectory(path: string, check?: () => void): Promise<void>;
  prepare(launch: Launch, preparation: Preparation, check: () => void): Promise<Prepared>;
}

/** Work directories filled by one command: as many as one command launches. */
const INSTALLATIONS_A_COMMAND = 50;

/** Bytes of files in one command. Each text is sent once, but a host reads them at a few MB/s. */
const COMMAND_BYTES = 4 * 1_048_576;

interface Waiting {
  readonly installation: Installation;
  readonly check: () => void;
}

/** What a check threw, in the place of an answer. */
interface Dropped {
  readonly kind: 'dropped';
  readonly error: unknown;
}

/** Makes an installer. On this host, where a command costs nothing, nobody waits for another. */
export function createInstaller(
  shell: Pick<Shell, 'remote' | 'install'>,
  scheduler: Pick<Scheduler, 'directives' | 'newSession'>,
): Installer {
  const installAll = (waiting: readonly Waiting[]) => installChecked(shell, waiting);
  const installGathered = createGatherer({
    most: INSTALLATIONS_A_COMMAND,
    capacity: { weigh: weightOf, most: COMMAND_BYTES },
    run: installAll,
  });
  const install = async (installation: Installation, check: () => void): Promise<Installed['kind']> => {
    const waiting = { installation, check };
    const answer = shell.remote ? await installGathered(waiting) : (await installAll([waiting]))[0];
    if (answer?.kind === 'dropped') throw answer.error;
    if (answer?.kind === 'failed') throw new PreparationFailed(answer.code, answer.reason);
    // The first of a command is always done, so this comes to an end.
    return answer === undefined || answer.kind === 'later' ? install(installation, check) : answer.kind;
  };
  return {
    createWorkDirectory: async (directory, check = () => {}) => {
      await install({ directory, files: [], staging: null }, check);
    },
    prepare: async (launch, preparation, check) => {
      const kind = await install(describe(scheduler, launch, preparation), check);
      return kind === 'too-large' ? 'assets-too-large' : 'prepared';
    },
  };
}

function weightOf({ installation }: Waiting): number {
  return installation.files.reduce((sum, { content }) => sum + content.length, 0);
}

/** Who may no longer act is left out at the last moment before the command. */
async function installChecked(
  shell: Pick<Shell, 'install'>,
  waiting: readonly Waiting[],
): Promise<readonly (Installed | Dropped)[]> {
  const dropped = waiting.map(({ check }) => findObjection(check));
  const kept = waiting.filter((_, index) => dropped[index] === null);
  const installed = await shell.install(kept.map(({ installation }) => installation));
  const answers = installed.values();
  return dropped.map((each) => each ?? answers.next().value ?? UNTOLD);
}

const UNTOLD: Installed = { kind: 'failed', code: 'failed', reason: 'nobody told what became of it' };

function findObjection(check: () => void): Dropped | null {
  try {
    check();
    return null;
  } catch (error) {
    return { kind: 'dropped', error };
  }
}

function messageFiles(sign: Uint8Array): readonly InstalledFile[] {
  return [
    { path: SIGN_FILE, content: sign, executable: false },
    { path: `.arras/${NOTIFY_COMMAND}`, content: NOTIFY_SCRIPT, executable: true },
  ];
}

/** The archive leaves out what the app brought along and what the service added: the list says what (spec/jobs.md 9.5). */
function describe(
  scheduler: Pick<Scheduler, 'directives' | 'newSession'>,
  launch: Launch,
  { program, values, callback, sign, assets }: Preparation,
): Installation {
  const wrapper = renderWrapper({
    directives: scheduler.directives(launch),
    newSession: scheduler.newSession,
  });
  const listed = [...('copied' in assets ? assets.copied : []), launch.scriptName, ARCHIVE_MANIFEST];
  const files: readonly InstalledFile[] = [
    { path: WRAPPER_PATH, content: wrapper, executable: true },
    { path: '.arras/values', content: values, executable: false },
    ...(callback === undefined ? [] : [{ path: CALLBACK_FILE, content: callback, executable: false }]),
    ...(sign === undefined ? [] : messageFiles(sign)),
    { path: launch.scriptName, content: program, executable: true },
    { path: ARCHIVE_MANIFEST, content: listed.map((path) => `${path}\n`).join(''), executable: false },
  ];
  return {
    directory: launch.workDirectory,
    // Next to the jobs and on their file system, where nobody lists it.
    staging: `${launch.spoolDirectory}/staging`,
    files,
    ...('path' in assets && { tree: { ...assets, listIn: ARCHIVE_MANIFEST } }),
  };
}
