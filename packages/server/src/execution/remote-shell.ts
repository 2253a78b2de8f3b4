import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { toOneLine } from '../ssh/one-line.ts';
import { orAborted } from '../ssh/until-ended.ts';
import { type Frame, type FrameReader, readFrame } from './frame-reader.ts';
import { installCommand, parseInstalled } from './prepare-command.ts';
import { renderInput, renderSupervised, STOP_SUPERVISOR } from './remote-command.ts';
import { type FileCommand, moveCommand, parseSmallFiles, readSmallCommand } from './remote-files.ts';
import { watchRemote } from './remote-watch.ts';
import {
  type Shell,
  type ShellCommand,
  type ShellLimits,
  type ShellResult,
  ShellUnreachable,
  type SmallFile,
  type SmallFilesWanted,
} from './shell.ts';

/** A running `REMOTE_COMMAND_LINE` on a host. */
export interface RemoteChannel {
  readonly input: Writable;
  readonly output: Readable;
  readonly errors: Readable;
  /** Resolves when nothing more will come. */
  readonly ended: Promise<unknown>;
}

/** How a channel is asked for. */
export interface RemoteChannelOptions {
  readonly signal?: AbortSignal | undefined;
  /** May be ended early when the host gives no more channels. */
  readonly evictable: boolean;
}

/** How a host is reached. */
export interface RemoteTransport {
  /**
   * Runs `work` with a channel, and ends that. Rejects with {@link ShellUnreachable} when the host cannot be
   * reached or the connection is cut, or with the signal's reason.
   */
  withChannel<T>(work: (channel: RemoteChannel) => Promise<T>, options: RemoteChannelOptions): Promise<T>;
  close(): Promise<void>;
}

/** How long a login shell may take before our command begins, in milliseconds. Some set up hundreds of modules. */
const LOGIN_MS = 30_000;
/** How long the host's word that it ended a command may come after its time limit, in milliseconds. */
const LATE_MS = 5_000;
/** Milliseconds for one command about files. */
const FILES_MS = 60_000;
/** The most that reading small files returns, in bytes. */
const FILES_BYTES = 8 * 1_048_576;

/** The {@link Shell} of a remote host, however it is reached. */
export function createRemoteShell(transport: RemoteTransport): Shell {
  const runner = createRunner(transport);
  return {
    remote: true,
    run: runner.run,
    install: async (installations) =>
      installations.length === 0
        ? []
        : parseInstalled((await runner.runFiles(installCommand(installations))).stdout, installations.length),
    readSmallFiles: (directory, wanted) => readSmallFiles(runner, directory, wanted),
    moveFiles: async (from, names, to) =>
      names.length === 0 ? [] : splitNames((await runner.runFiles(moveCommand(from, names, to))).stdout),
    watch: (directory, onEntry, signal, inbox) =>
      watchRemote(transport, { directory, onEntry, inbox: inbox ?? null }, signal),
    close: async () => {
      await runner.settle();
      await transport.close();
    },
  };
}

interface Runner {
  run(command: ShellCommand, limits: ShellLimits): Promise<ShellResult>;
  /** Rejects when the script fails. */
  runFiles(command: FileCommand): Promise<ShellResult>;
  /** Waits until aborted commands were told. */
  settle(): Promise<void>;
}

interface Call {
  readonly script: string;
  readonly args: readonly string[];
  readonly stdin: string | Uint8Array;
  readonly limitBytes?: number;
}

/** The first words of a command that was sent: who supervises it on the host. */
interface Seen {
  supervisor: Promise<readonly string[]> | null;
}

function createRunner(transport: RemoteTransport): Runner {
  const stopping = new Set<Promise<unknown>>();

  async function call(command: Call, limits: ShellLimits): Promise<ShellResult> {
    const { timeoutMs, signal } = limits;
    signal?.throwIfAborted();
    const nonce = freshNonce();
    const input = renderInput(renderSupervised({ command, nonce, timeoutMs }), command.stdin);
    const leaving = new AbortController();
    const seen: Seen = { supervisor: null };
    const running = transport.withChannel(
      async (channel) => {
        const output = readFrame(channel.output, nonce, command.limitBytes);
        const errors = readFrame(channel.errors, nonce);
        seen.supervisor = output.begun;
        writeAll(channel.input, input);
        return toResult(await untilAnswered({ channel, output, errors, timeoutMs }));
      },
      { signal: leaving.signal, evictable: false },
    );
    if (signal === undefined) return running;
    try {
      return await orAborted(running, signal);
    } finally {
      if (signal.aborted) leave(running, seen, leaving);
    }
  }

  /**
   * A command that has been sent may run although a noisy login keeps its first words from us: they are waited for,
   * because they name what is to be stopped. One that was not sent yet is only given up.
   */
  function leave(running: Promise<unknown>, seen: Seen, leaving: AbortController): void {
    const over = running.then(
      () => null,
      () => null,
    );
    const named = seen.supervisor === null ? null : Promise.race([seen.supervisor, over]);
    const told = Promise.resolve(named)
      .then((supervisor) => {
        leaving.abort(new Error('the command was given up'));
        if (supervisor !== null) stop(supervisor);
      })
      .finally(() => stopping.delete(told));
    stopping.add(told);
  }

  /** The host ends the command at its time limit in any case: when this fails, nobody needs to know. */
  function stop(supervisor: readonly string[]): void {
    const told = call({ script: STOP_SUPERVISOR, args: supervisor, stdin: '' }, { timeoutMs: LATE_MS })
      .catch(() => {})
      .finally(() => stopping.delete(told));
    stopping.add(told);
  }

  return {
    run: ({ script, args = [], stdin = '' }, limits) => call({ script, args, stdin }, limits),
    runFiles: async ({ script, args }) => {
      const command = { script, args, stdin: '', limitBytes: FILES_BYTES };
      const result = await call(command, { timeoutMs: FILES_MS });
      if (result.exitCode === 0) return result;
      const said = result.timedOut ? `no end within ${FILES_MS} ms` : toOneLine(result.stderr);
      throw new Error(`the host's files: ${said}`);
    },
    settle: async () => {
      await Promise.all(stopping);
    },
  };
}

/** A host that ends the channel without reading it all breaks the pipe; what it said tells the rest. */
function writeAll(stream: Writable, bytes: Buffer): void {
  stream.on('error', () => {});
  stream.end(bytes);
}

interface Answer {
  readonly output: Frame;
  readonly errors: Frame;
}

async function untilAnswered(parts: {
  readonly channel: RemoteChannel;
  readonly output: FrameReader;
  readonly errors: FrameReader;
  readonly timeoutMs: number;
}): Promise<Answer> {
  const { channel, output, errors, timeoutMs } = parts;
  const whole = Promise.all([output.ended, errors.ended]);
  const broken = channel.ended.then(() => explainBreak(output, errors));
  await within(LOGIN_MS, Promise.race([output.begun, broken]), 'did not begin the command');
  const [outputFrame, errorFrame] = await within(
    timeoutMs + LATE_MS,
    Promise.race([whole, broken]),
    'did not answer',
  );
  return { output: outputFrame, errors: errorFrame };
}

async function explainBreak(output: FrameReader, errors: FrameReader): Promise<never> {
  const began = await Promise.race([output.begun.then(() => true), delay(0, false)]);
  if (began) throw new ShellUnreachable('the answer of the host broke off');
  const said = toOneLine(errors.noise() || output.noise());
  throw new ShellUnreachable(`the host's login ended before our command began${said && `, saying: ${said}`}`);
}

async function within<T>(limitMs: number, promise: Promise<T>, complaint: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new ShellUnreachable(`the host ${complaint} within ${limitMs} ms`)),
    limitMs,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function toResult({ output, errors }: Answer): ShellResult {
  const [code = '', late] = output.end;
  // Where a login joins the two streams, the other one's marker is no answer.
  if (!/^[0-9]{1,3}$/.test(code)) throw new ShellUnreachable('the answer of the host has no exit code');
  const timedOut = late === 'late';
  return {
    // Bash tells a signal's number plus 128, as it does for every command.
    exitCode: timedOut ? null : Number(code),
    stdout: output.body.toString('utf8'),
    stderr: errors.body.toString('utf8'),
    timedOut,
    truncated: output.truncated || errors.truncated,
  };
}

async function readSmallFiles(
  runner: Runner,
  directory: string,
  { accepts, maxBytes, limit }: SmallFilesWanted,
): Promise<readonly SmallFile[]> {
  const { stdout } = await runner.runFiles(readSmallCommand(directory, maxBytes));
  return parseSmallFiles(stdout)
    .filter(({ name }) => accepts(name))
    .slice(0, limit);
}

function splitNames(output: string): readonly string[] {
  return output.split('\0').slice(0, -1);
}

function freshNonce(): string {
  return randomBytes(16).toString('hex');
}
