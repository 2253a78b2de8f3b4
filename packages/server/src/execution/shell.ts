/** A fixed script and the words it gets as `$1`, `$2`, …: values never become part of the script's text. */
export interface ShellCommand {
  /** Bash text written by us. Every target needs bash: the wrapper and the programs' scripts are bash too. */
  readonly script: string;
  /** Positional parameters, passed byte for byte. */
  readonly args?: readonly string[];
  /** Text for the script's standard input. */
  readonly stdin?: string;
}

/** How long and under which signal a command may run. */
export interface ShellLimits {
  /** Milliseconds after which the command is ended and `timedOut` is true. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** What a command did. A command that ran is a value whatever its exit code; only a host that cannot be reached throws {@link ShellUnreachable}. */
export interface ShellResult {
  /** null when a signal or the time limit ended it. */
  readonly exitCode: number | null;
  /** At most 1 MiB; more is cut and `truncated` is true. */
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly truncated: boolean;
}

/** The host could not be asked: nothing is known about what the command did. */
export class ShellUnreachable extends Error {
  override readonly name = 'ShellUnreachable';
  /** The same word as a storage's: see `isUnreachable` of the domain. */
  readonly code = 'unreachable';
}

/** One file to be put on the host. */
export interface InstalledFile {
  /** Relative to the directory it is installed in, at most one directory deep: that one is made, mode 0700. */
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Mode 0700; else 0600. */
  readonly executable: boolean;
}

/** A directory of the host whose files go into another one. */
export interface InstalledTree {
  readonly path: string;
  /** The installed file that begins with the paths of what was copied, one a line, relative to the directory. */
  readonly listIn: string;
}

/** What is to be in a directory. All paths but those of files are absolute. */
export interface Installation {
  /** Made when missing, mode 0700, with those above it; what is in it and not replaced stays. */
  readonly directory: string;
  readonly files: readonly InstalledFile[];
  /**
   * What is copied first, for a shell that is `remote`. No link below `root` is followed to the tree or to the directory;
   * links, special files and part files in the tree are left out, modes are kept.
   */
  readonly tree?: InstalledTree & { readonly root: string };
  /** A directory on the same file system, made when missing, for what is not whole yet; null where there are no files. */
  readonly staging: string | null;
}

/** What became of an {@link Installation}: whole and on disk, or not. A failed one may have replaced some of its files. */
export type Installed =
  | { readonly kind: 'done' }
  /** The others of the same command took all its time; nothing was installed, and it is to be asked for again. */
  | { readonly kind: 'later' }
  /** The tree has too much in it for a command; nothing was installed. */
  | { readonly kind: 'too-large' }
  | { readonly kind: 'failed'; readonly code: InstallFailure; readonly reason: string };

/** Words of the domain's `classifyFailure`; `failed` is anything that may go away. */
export const INSTALL_FAILURES = [
  'not-found',
  'not-a-directory',
  'forbidden',
  'changed',
  'no-space',
  'failed',
] as const;
export type InstallFailure = (typeof INSTALL_FAILURES)[number];

/** A small file and its text. */
export interface SmallFile {
  readonly name: string;
  readonly text: string;
}

/** Which files {@link Shell.readSmallFiles} reads. */
export interface SmallFilesWanted {
  readonly accepts: (name: string) => boolean;
  /** Larger files are left out. */
  readonly maxBytes: number;
  /** The most that are read. */
  readonly limit: number;
}

/** A file that lay in an {@link Inbox}. */
export interface InboxFile {
  readonly name: string;
  /** Empty for one that is larger than the inbox allows. */
  readonly content: Uint8Array;
}

/**
 * A directory whose files are handed over one after the other, those of one stem in the order of their names, and
 * deleted once they were taken: also those that lay there before. Links, pipes, directories and other names are left
 * where they are.
 */
export interface Inbox {
  readonly directory: string;
  readonly maxBytes: number;
  /** Never rejects. `later`: to be handed over again after a second. */
  take(file: InboxFile): Promise<'taken' | 'later'>;
}

/** Runs scripts on one host, puts files there and hints at changes there. */
export interface Shell {
  /** Whether a command is a round trip to another host: then much goes into one, and trees are copied there. */
  readonly remote: boolean;
  /** Rejects with {@link ShellUnreachable}, or with the signal's reason when it aborts. */
  run(command: ShellCommand, limits: ShellLimits): Promise<ShellResult>;
  /**
   * Fills directories, each independently of the others' fate. Each file appears whole or not at all (temporary
   * name, fsync, rename); an older one of its name is replaced. Doing it again is harmless.
   */
  install(installations: readonly Installation[]): Promise<readonly Installed[]>;
  /** Regular files of a directory; links, pipes and what vanishes meanwhile are left out. A missing directory has none. */
  readSmallFiles(directory: string, wanted: SmallFilesWanted): Promise<readonly SmallFile[]>;
  /** Moves files to another directory of the same file system; returns the names that were there to be moved. */
  moveFiles(from: string, names: readonly string[], to: string): Promise<readonly string[]>;
  /**
   * Calls `onEntry` with the name of each entry that appears in the directory: a hint that may be late,
   * doubled or missing. Creates the directory when it is missing. Ends when the signal aborts. Meanwhile the files of
   * the inbox are handed over; after a break of the connection some come again.
   */
  watch(
    directory: string,
    onEntry: (name: string) => void,
    signal: AbortSignal,
    inbox?: Inbox,
  ): Promise<void>;
  close(): Promise<void>;
}
