import { type Shell, type ShellResult, ShellUnreachable } from '../execution/shell.ts';
import { SftpRefusal } from '../ssh/sftp-requests.ts';
import { SshUnavailable } from '../ssh/ssh-host.ts';
import { type Storage, StorageError } from '../storage/storage.ts';

/** Hears how uses of one part of a system went. */
export interface PartObserver {
  worked(milliseconds: number | null): void;
  failed(reason: string): void;
}

/** Tells of every command that the shell runs; what is moved and watched takes as long as it is, and is not measured. */
export function observeShell(shell: Shell, observer: PartObserver): Shell {
  const { tell, end } = teller(observer, (error) => error instanceof ShellUnreachable);
  return {
    remote: shell.remote,
    run: (command, limits) => tell(() => shell.run(command, limits), findingOf),
    install: (installations) => tell(() => shell.install(installations), worked),
    readSmallFiles: (directory, wanted) => tell(() => shell.readSmallFiles(directory, wanted), worked),
    moveFiles: (from, names, to) => tell(() => shell.moveFiles(from, names, to), worked),
    watch: (directory, onEntry, signal, inbox) => shell.watch(directory, onEntry, signal, inbox),
    close: () => {
      end();
      return shell.close();
    },
  };
}

/**
 * Tells of the uses of the storage; not of writes, which fail also for what is wrong with their source. Done to the
 * storage itself, because storages know each other by identity: one that stood in for another could not copy what
 * another holds as fast.
 */
export function observeStorage(storage: Storage, observer: PartObserver): Storage {
  const { tell, end } = teller(observer, isAway);
  const { find, list, open, makeDirectory, remove, move, close } = storage;
  return Object.assign(storage, {
    find: (...args) => tell(() => find.apply(storage, args), measured),
    list: (...args) => tell(() => list.apply(storage, args), measured),
    open: (...args) => tell(() => open.apply(storage, args), worked),
    makeDirectory: (...args) => tell(() => makeDirectory.apply(storage, args), worked),
    remove: (...args) => tell(() => remove.apply(storage, args), worked),
    move: (...args) => tell(() => move.apply(storage, args), worked),
    close: () => {
      end();
      return close.apply(storage);
    },
  } satisfies Partial<Storage>);
}

/** A server that answers but cannot serve is of as little use. */
function isAway(error: unknown): boolean {
  if (!(error instanceof StorageError)) return false;
  // Said by a server that had the file, and only no word for what is wrong with it.
  if (error.cause instanceof SftpRefusal) return false;
  return error.code === 'unreachable' || error.code === 'unavailable';
}

/**
 * Why, for everybody who sees the system. What a storage says names the path, which may be a secret of whoever used it:
 * what is below it does not.
 */
function reasonOf(error: unknown): string {
  if (!(error instanceof StorageError)) return error instanceof Error ? error.message : String(error);
  if (error.cause instanceof SshUnavailable) return error.cause.message;
  return error.code === 'unavailable'
    ? 'The server of the files answers, but cannot serve now.'
    : 'The server of the files does not answer.';
}

/** The host was not asked: it is left alone after failures that have been told. */
function isResting(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof SshUnavailable && error.cause.step === 'resting';
}

type Finding = 'measured' | 'worked' | 'unknown';

const measured = (): Finding => 'measured';
const worked = (): Finding => 'worked';

/** A command that ran out of time says nothing: it may have had too little. */
const findingOf = ({ timedOut }: ShellResult): Finding => (timedOut ? 'unknown' : 'measured');

/**
 * Whatever else goes wrong, such as a file that is not there, was answered by the system, or is not of it at all; so is
 * what our own closing cuts.
 */
function teller(observer: PartObserver, isFailure: (error: unknown) => boolean) {
  let isClosed = false;
  const tell = async <Result>(
    use: () => Promise<Result>,
    judge: (result: Result) => Finding,
  ): Promise<Result> => {
    const began = performance.now();
    try {
      const result = await use();
      const finding = judge(result);
      if (finding !== 'unknown') observer.worked(finding === 'measured' ? performance.now() - began : null);
      return result;
    } catch (error) {
      if (isClosed || isResting(error)) throw error;
      if (isFailure(error)) observer.failed(reasonOf(error));
      else if (error instanceof StorageError && error.code !== 'unsupported') observer.worked(null);
      throw error;
    }
  };
  return {
    tell,
    end: () => {
      isClosed = true;
    },
  };
}
