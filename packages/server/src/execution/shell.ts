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
  /** Permission bits, such as 0o600. */
  readonly mode: number;
}

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

/** Runs scripts on one host, puts files there and hints at changes there. */
export interface Shell {
  /** Rejects with {@link ShellUnreachable}, or with the signal's reason when it aborts. */
  run(command: ShellCommand, limits: ShellLimits): Promise<ShellResult>;
  /** Makes the directory, with mode 0700, and those above it; an existing one is left as it is. */
  makeDirectory(path: string): Promise<void>;
  /**
   * Puts files into a directory that exists. Each appears whole or not at all (temporary name, fsync,
   * rename) and is on disk when the promise resolves; an older file of that name is replaced.
   */
  installFiles(directory: string, files: readonly InstalledFile[]): Promise<void>;
  /** Regular files of a directory; links, pipes and what vanishes meanwhile are left out. A missing directory has none. */
  readSmallFiles(directory: string, wanted: SmallFilesWanted): Promise<readonly SmallFile[]>;
  /** Moves files to another directory of the same file system; returns the names that were there to be moved. */
  moveFiles(from: string, names: readonly string[], to: string): Promise<readonly string[]>;
  /**
   * Calls `onEntry` with the name of each entry that appears in the directory: a hint that may be late,
   * doubled or missing. Creates the directory when it is missing. Ends when the signal aborts.
   */
  watch(directory: string, onEntry: (name: string) => void, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
