import { MESSAGE_FUNCTIONS } from '../domain/message-script.ts';
import { PROCESS_FUNCTIONS } from './try-record.ts';

/** Where the wrapper lies in the work directory. */
export const WRAPPER_PATH = '.arras/wrapper';

/** Exit code of a wrapper that lost the claim: it started nothing, and it is never a verdict on the try. */
export const FENCED_EXIT_CODE = 75;

/** What the wrapper needs to know about the try. Paths are absolute on the target. */
export interface WrapperTry {
  readonly workDirectory: string;
  readonly tryNumber: number;
  readonly tag: string;
  readonly spoolDirectory: string;
  readonly scriptName: string;
  readonly stdoutName: string;
  readonly stderrName: string;
}

/** What a scheduler adds to the wrapper. */
export interface WrapperParts {
  /** Lines for its head. */
  readonly directives: readonly string[];
  /** As `Scheduler.newSession`. */
  readonly newSession: boolean;
}

/** The wrapper's arguments, in its order. All are ours: slugs, ids and paths of the system. */
export function wrapperArguments(launch: WrapperTry): readonly string[] {
  return [
    launch.workDirectory,
    String(launch.tryNumber),
    launch.tag,
    launch.spoolDirectory,
    launch.scriptName,
    launch.stdoutName,
    launch.stderrName,
  ];
}

/**
 * The script that starts a try's program once and records its end (RELIABILITY R3); the same text for every
 * job but for the scheduler's directives. Copies of it may run at once, late, or again, on any node that sees the
 * work directory: the claim lets one of them through.
 *
 * Who may die when: before the claim, nothing happened. Between claim and record, the try is lost, and the
 * program cannot start any more: its process checks, after writing the record, that the wrapper still lives,
 * so a reader that saw the wrapper dead and then no record is right for ever. After the record, the program
 * is found by it even when the wrapper is gone.
 */
export function renderWrapper(parts: WrapperParts = { directives: [], newSession: true }): string {
  // Batch systems read directives up to the first command.
  const head = ['#!/bin/bash', ...parts.directives].map((line) => `${line}\n`).join('');
  const telling = parts.newSession ? '' : TELLING;
  return `${head}START_WITH=${parts.newSession ? 'setsid' : ''}\n${telling}${WRAPPER}`;
}

/**
 * In a spool: a named pipe in which nobody writes. Waiting for its first byte is how bash sleeps without a program of its
 * own; a fork and `sleep` for each job cost more than all that the wrapper itself does.
 */
export const QUIET_PIPE = 'quiet';

/** Waits for so many `seconds`; fails at once where there is no such pipe. */
const PAUSE = `{ [[ -p $SPOOL/${QUIET_PIPE} ]] && { read -r -t "$seconds" <> "$SPOOL/${QUIET_PIPE}"; (( $? > 128 )); }; } 2>/dev/null`;

/** Seconds between the looks whether a program has ended at once: the delay they add is no longer than it ran itself. */
const ENDS_SOON = [0.002, 0.004, 0.008, 0.016, 0.032];

/**
 * What the wrapper says of a program that has waited in a queue, and whose start and end nobody else sees at once. It
 * changes nothing if it cannot be said: the watch on the spool tells of the end, a look at the queue of the start.
 *
 * The one who says it is no child of the wrapper: its `wait` must have one process to wait for.
 */
const TELLING = `${MESSAGE_FUNCTIONS}
# ends_soon: whether the program is over before a process that tells of its start is worth its price.
ends_soon() {
  local seconds
  for seconds in ${ENDS_SOON.join(' ')}; do
    ${PAUSE} || return 1
    # Once it has ended, bash has already taken its exit code.
    [[ -e /proc/$PROGRAM ]] || return 0
  done
  return 1
}
# After the record: a message of a start that never was must not be there. Of a program that ends at once its end tells.
tell_start() {
  local round seconds=0.05
  for (( round = 0; round < 100; round++ )); do
    ${PAUSE} || sleep "$seconds"
    [[ -e $SPOOL/ended/$TAG ]] && return
    [[ -s $SPOOL/running/$TAG ]] && break
  done
  [[ -s $SPOOL/running/$TAG ]] || return
  ARRAS_HOME=$WORK ARRAS_CALL_LOG=/dev/null ARRAS_TRY=$TAG ARRAS_SPOOL=$SPOOL
  arras_begin RUNNING
  arras_spool
  # It also finds out whether there is a route, before the program wants to know.
  arras_call RUNNING
}
# Only where calls are known to be answered: a batch system ends what runs behind the wrapper, so it has to wait for this.
tell_end() {
  local route=''
  read -r route 2>/dev/null < .arras/route
  [[ $route == good ]] || return
  ARRAS_HOME=$WORK ARRAS_CALL_LOG=/dev/null ARRAS_SIGNATURE='' ARRAS_DATA=''
  arras_call CLEANING_UP 2
}
`;

const WRAPPER = `# Starts the program of one try of a job at most once, and records how it ended.
# Exit code: ${FENCED_EXIT_CODE} when another copy or the service holds the claim, 111 when nothing could be started,
# else the program's.
WORK=$1 TRY=$2 TAG=$3 SPOOL=$4 SCRIPT=$5 OUT=$6 ERR=$7
umask 077
cd -- "$WORK" || exit 111
${PROCESS_FUNCTIONS}
# A record says that this try has ended, though its work directory is new: a restored database asks again.
[[ -e $SPOOL/ended/$TAG || -e $SPOOL/past/$TAG ]] && exit ${FENCED_EXIT_CODE}

CLAIM=.arras/claim.$TRY
read -r TOKEN < /proc/sys/kernel/random/uuid
stat_of self || exit 111
MY_START=$START
# The batch system's own variable names the job, so that its accounting can be matched with this start.
JOB=\${SLURM_JOB_ID:-\${PBS_JOBID:-\${LSB_JOBID:-\${JOB_ID:--}}}}
[[ $JOB =~ ^[][A-Za-z0-9._-]{1,80}$ ]] || JOB=-
[[ $HOSTNAME =~ ^[A-Za-z0-9._-]{1,255}$ ]] || HOSTNAME=-
printf '%s %s %s %s %s %s\\n' "$TOKEN" "$BOOT" "$$" "$MY_START" "$HOSTNAME" "$JOB" \\
  > "$CLAIM.$TOKEN" || exit 111
ln -- "$CLAIM.$TOKEN" "$CLAIM" 2>/dev/null
# Judged by content: on NFS a lost reply may call a link that was made a failure.
WINNER=''
read -r WINNER _ 2>/dev/null < "$CLAIM"
[[ -n $WINNER ]] || exit 111
[[ $WINNER == "$TOKEN" ]] || exit ${FENCED_EXIT_CODE}
# On disk before the program starts: a power cut must not make a started try look like one that never was.
sync -- "$CLAIM" .arras || exit 111

PROGRAM='' SIGNALLED=''
forward() {
  SIGNALLED=1
  # Without setsid, or before it, the program's process has no group of its own.
  [[ -n $PROGRAM ]] && { kill -TERM -- "-$PROGRAM" || kill -TERM "$PROGRAM"; } 2>/dev/null
}
# A batch system signals the program itself. The wrapper of such a program must not wake up at the same moment: bash 5.2
# then often forgets the exit status that it waits for (\`wait\` answers -1).
if [[ -n $START_WITH ]]; then trap forward TERM INT; else trap '' TERM INT; fi

(
  stat_of self || exit 111
  printf 'run %s %s %s %s %s\\n' "$BOOT" "$$" "$MY_START" "$PID" "$START" > "$SPOOL/running/$TAG" || exit 111
  stat_of self
  [[ $PARENT == "$$" ]] || exit ${FENCED_EXIT_CODE}
  # Bash lets background processes ignore two of these; the program gets them back.
  trap - INT QUIT TERM
  umask 022
  # Marks descendants that leave the session, so that a stop finds them.
  export ARRAS_TRY=$TAG ARRAS_SPOOL=$SPOOL PATH=\${PATH:-/usr/local/bin:/usr/bin:/bin}:$WORK/.arras
  # Left over from --export=NONE, it would keep the program's own environment from its parallel steps.
  unset SLURM_EXPORT_ENV
  exec $START_WITH bash "$WORK/$SCRIPT"
) </dev/null >"$OUT" 2>"$ERR" &
PROGRAM=$!
[[ -n $SIGNALLED ]] && forward
[[ -n $START_WITH ]] || ends_soon || ( ( tell_start ) </dev/null >/dev/null 2>&1 & )

# A trapped signal ends \`wait\` early; the program's own end is the one that came without a signal.
while :; do
  SIGNALLED=''
  wait "$PROGRAM"
  CODE=$?
  [[ -n $SIGNALLED ]] || break
done

(( CODE >= 0 )) || exit 111
# What it said may still lie in the spool: it is to be heard before the verdict.
NEWS=("$SPOOL/news/$TAG".*)
[[ -e \${NEWS[0]} ]] && SAID=$'said\\n' || SAID=''
# One write that ends in a newline: a reader sees whole lines or an unfinished one, and ignores that.
printf 'exit %s\\n%s' "$CODE" "$SAID" >> "$SPOOL/running/$TAG" &&
  mv -f -- "$SPOOL/running/$TAG" "$SPOOL/ended/$TAG" &&
  sync -- "$SPOOL/ended/$TAG" "$SPOOL/ended"
[[ -n $START_WITH || ! -e .arras/route ]] || ( tell_end ) </dev/null >/dev/null 2>&1
# Grid Engine would run a job again that ends with 99, and hold one that ends with 100 in its queue.
[[ -n $SGE_TASK_ID && $CODE == @(99|100) ]] && exit 1
exit "$CODE"
`;
