import type { ShellCommand } from './shell.ts';

/**
 * The one command line that is ever given to a host's login shell, whatever that is: bash, dash, zsh, tcsh and fish
 * read it alike, because there is no `'`, `!`, backslash or line break in it. It reads a text from standard input,
 * the number of its bytes first, and runs it; what follows on standard input belongs to that text. So neither a
 * script nor its arguments ever meet the login shell, a process list or the 128 KiB that one argument may have.
 *
 * The environment is that of `ssh host command`: what the login shell sets without a terminal (for bash, `~/.bashrc`
 * up to its check for an interactive shell; for zsh, `~/.zshenv`), such as PATH and the exported function `module`.
 * `/etc/profile` and `~/.bash_profile` are not read: a site whose modules come from there has its programs run
 * `bash -l`, or sets them up in `~/.bashrc`.
 */
export const REMOTE_COMMAND_LINE =
  'exec bash --norc --noprofile -c ' +
  `'LC_ALL=C; IFS= read -r N && IFS= read -r -N "$N" T && eval "$T"' arras`;

/** One call of a host. */
export interface RemoteRequest {
  readonly command: Pick<ShellCommand, 'script' | 'args'>;
  /** Marks where the answer begins and ends; a secret of this call until then. */
  readonly nonce: string;
}

/**
 * Runs a command in a process group of its own, and ends that group after the time limit or when this bash is
 * signalled with TERM: then it prints nothing more. The connection may be gone by then; the limit holds all the same.
 *
 * Standard output: noise, `NONCE begin PID START` (of this bash), what the command says, `NONCE end CODE LATE`.
 * Standard error: noise, `NONCE begin`, what the command says, `NONCE end`.
 */
export function renderSupervised(request: RemoteRequest & { readonly timeoutMs: number }): string {
  const { command, nonce, timeoutMs } = request;
  return `${PREAMBLE}
SCRIPT=${quote(command.script)}
set -- ${words(command.args)}
${renderBegin(nonce)}
COMMAND='' STOPPED='' LATE=''
stop() { STOPPED=1; [[ -z $COMMAND ]] || kill -KILL -- "-$COMMAND"; }
trap stop TERM
trap 'LATE=late; stop' USR1
# What this bash itself has to say, such as that a job has ended, is not the command's.
exec 3>&2 2>/dev/null
set -m
( set +m; eval "$SCRIPT" ) 2>&3 3>&- &
COMMAND=$!
( sleep ${(timeoutMs / 1_000).toFixed(3)} && kill -USR1 "$$" ) 3>&- </dev/null >/dev/null &
LIMIT=$!
[[ -z $STOPPED ]] || stop
wait "$COMMAND"
CODE=$?
# A trapped signal ends \`wait\` early.
[[ -z $STOPPED ]] || wait "$COMMAND"
kill -KILL -- "-$LIMIT"
[[ -z $STOPPED || -n $LATE ]] || exit 1
printf '\\n%s end %s %s\\n' ${nonce} "$CODE" "$LATE"
printf '\\n%s end\\n' ${nonce} >&3
`;
}

/** Runs a script that reads the channel's standard input and ends with it; no end marker, no time limit. */
export function renderUnsupervised({ command, nonce }: RemoteRequest): string {
  return `${PREAMBLE}
${renderBegin(nonce)}
NONCE=${nonce}
set -- ${words(command.args)}
${command.script}
`;
}

/** The text as the command line above reads it, and what follows on standard input. */
export function renderInput(text: string, stdin: string | Uint8Array = ''): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.from(`${bytes.length}\n`), bytes, Buffer.from(stdin)]);
}

/** Arguments: PID START, as a begin marker told them. Ends that bash, if it is still the same. */
export const STOP_SUPERVISOR = `
IFS= read -r -d '' LINE 2>/dev/null < "/proc/$1/stat"
[[ -n $LINE ]] || exit 0
FIELDS=(\${LINE##*) })
[[ \${FIELDS[19]} != "$2" ]] || kill -TERM "$1"
`;

/**
 * What is unset tells of our connection, not of the account. A locale that the host lacks is complained about, which
 * is no matter of the command.
 */
const PREAMBLE = `
{ export LANG=C.UTF-8 LC_ALL=C.UTF-8; } 2>/dev/null
unset -v N T MAIL SSH_CLIENT SSH_CONNECTION SSH_TTY SSH_ORIGINAL_COMMAND
umask 077
cd /
`;

/** Field 22 of /proc/self/stat is the start time; field 2 is a name that may hold anything, so fields count from its end. */
function renderBegin(nonce: string): string {
  return `IFS= read -r -d '' STAT 2>/dev/null < /proc/self/stat
STAT=(\${STAT##*) })
printf '\\n%s begin %s %s\\n' ${nonce} "$$" "\${STAT[19]:-0}" || exit 1
printf '\\n%s begin\\n' ${nonce} >&2`;
}

function words(args: readonly string[] = []): string {
  return args.map(quote).join(' ');
}

/** A single-quoted word of bash: the one form in which nothing is special but its end (RELIABILITY R6). */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
