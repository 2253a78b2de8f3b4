/**
 * How a try proves what became of it, shared by the wrapper that writes and the scripts that read.
 *
 * - `<work>/.arras/claim.<try>`: made by `link()`, so that one copy of the wrapper (or the service, which
 *   thereby fences the try) wins; judged by its content, `TOKEN BOOT PID START HOST JOB` or `TOKEN service`.
 *   JOB is the batch system's id of the job in which the wrapper ran, or `-`.
 * - `<spool>/running/<tag>`: the try's record. First line `run BOOT PID START PID START` (wrapper, program),
 *   written by the program's own process before it becomes the program; at the end the wrapper appends
 *   `exit CODE`, and `said` when messages of the try still lie in the spool.
 * - `<spool>/ended/<tag>`: the same file, renamed: the exit marker. One listing finds every ended try.
 * - `<spool>/past/<tag>`: the same file once the service knows. It outlives the work directory, so that a
 *   restored database finds what has run (P14).
 *
 * The record lives outside the work directory so that a job whose directory was deleted or moved keeps its
 * true verdict and can still be stopped. A record is believed only when the whole of it has this shape.
 */

/** Longest record is 123 bytes; of a longer file, whatever it is, no more than this is read. */
export const RECORD_LIMIT_BYTES = 128;

/** Longest claim is 443 bytes, with a host name and a job id of the lengths that the wrapper lets through. */
const CLAIM_LIMIT_BYTES = 512;

/** Text of a `past` entry that stands for a try that was settled without an exit marker. */
const SETTLED = 'settled';

/**
 * Bash functions about processes. A process is known by boot id, pid and start time (RELIABILITY R5): its pid
 * alone may be a stranger's. Everything is read with builtins, because a fork costs a millisecond.
 */
export const PROCESS_FUNCTIONS = `
read -r BOOT < /proc/sys/kernel/random/boot_id

# stat_of PID|self: sets PID STATE PARENT GROUP SESSION START; fails when there is no such process.
# Field 2 is a name in parentheses that may hold blanks, newlines and parentheses: fields count from the last one.
stat_of() {
  local line='' fields
  IFS= read -r -d '' line 2>/dev/null < "/proc/$1/stat"
  [[ -n $line ]] || return 1
  PID=\${line%% *}
  fields=(\${line##*) })
  STATE=\${fields[0]} PARENT=\${fields[1]} GROUP=\${fields[2]} SESSION=\${fields[3]} START=\${fields[19]}
}

# alive BOOT PID START: true when exactly this process exists and has not ended.
alive() {
  [[ $1 == "$BOOT" ]] && stat_of "$2" && [[ $START == "$3" && $STATE != [ZX] ]]
}
`;

/**
 * Bash functions that read a try's record and claim. They expect WORK, TRY, TAG and SPOOL to be set.
 *
 * Bash compiles a pattern anew each time it is used, and a look uses these once a job: repetitions without bounds, and a
 * look at the lengths afterwards, take a third of the time that `{36}` and `{1,20}` take.
 */
export const RECORD_FUNCTIONS = `
LC_ALL=C
ID='[0-9a-f-]+' NUMBER='[0-9]+'
RUN_LINE="run ($ID) ($NUMBER) ($NUMBER) ($NUMBER) ($NUMBER)"$'\\n'
EXIT_LINE=$'exit ([1-9]?[0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])\\n'
SAID_LINE=$'(said\\n)?'
RECORD_SHAPE="^($RUN_LINE)?($EXIT_LINE$SAID_LINE)?$"
CLAIM_SHAPE="^($ID) ($ID) ($NUMBER) ($NUMBER) [^ ]+ ([][A-Za-z0-9._-]+)"$'\\n$'
SERVICE_SHAPE="^($ID) service"$'\\n$'
# Whether the ids that a pattern has just found have their length.
are_ids() { local id; for id; do (( \${#id} == 36 )) || return 1; done; }

# read_small FILE LIMIT: sets TEXT to the first bytes of a regular file; links and pipes are never opened.
read_small() {
  TEXT=''
  [[ -f $1 && ! -L $1 ]] || return 1
  IFS= read -r -d '' -n "$2" TEXT 2>/dev/null < "$1"
  [[ -n $TEXT ]]
}

# read_record: sets RUN_BOOT WRAPPER_PID WRAPPER_START PROGRAM_PID PROGRAM_START and EXIT, or leaves them empty.
# In the order in which a record moves: one that moves meanwhile is met at its next place.
read_record() {
  local place
  RUN_BOOT='' WRAPPER_PID='' WRAPPER_START='' PROGRAM_PID='' PROGRAM_START='' EXIT=''
  for place in running ended past; do
    read_small "$SPOOL/$place/$TAG" ${RECORD_LIMIT_BYTES} || continue
    if [[ $TEXT =~ $RECORD_SHAPE && \${#BASH_REMATCH[2]} == @(0|36) ]]; then
      RUN_BOOT=\${BASH_REMATCH[2]} WRAPPER_PID=\${BASH_REMATCH[3]} WRAPPER_START=\${BASH_REMATCH[4]}
      PROGRAM_PID=\${BASH_REMATCH[5]} PROGRAM_START=\${BASH_REMATCH[6]} EXIT=\${BASH_REMATCH[8]}
      return 0
    fi
    [[ $place == past && $TEXT == ${SETTLED}$'\\n' ]] && EXIT=${SETTLED}
  done
  [[ -n $EXIT ]]
}

# read_claim: sets CLAIM to none, service or wrapper, and for a wrapper CLAIM_BOOT CLAIM_PID CLAIM_START CLAIM_JOB.
# Where the work directory is gone, the record tells who the wrapper was.
read_claim() {
  CLAIM=none CLAIM_BOOT=$RUN_BOOT CLAIM_PID=$WRAPPER_PID CLAIM_START=$WRAPPER_START CLAIM_JOB=-
  [[ -n $WRAPPER_PID ]] && CLAIM=wrapper
  [[ -e $WORK/.arras/claim.$TRY ]] || return
  CLAIM=wrapper
  read_small "$WORK/.arras/claim.$TRY" ${CLAIM_LIMIT_BYTES}
  if [[ $TEXT =~ $CLAIM_SHAPE ]] && are_ids "\${BASH_REMATCH[@]:1:2}"; then
    CLAIM_BOOT=\${BASH_REMATCH[2]} CLAIM_PID=\${BASH_REMATCH[3]} CLAIM_START=\${BASH_REMATCH[4]} CLAIM_JOB=\${BASH_REMATCH[5]}
  elif [[ $TEXT =~ $SERVICE_SHAPE ]] && are_ids "\${BASH_REMATCH[1]}"; then
    CLAIM=service
  fi
}
`;

const TAG_SHAPE = /^tj-[0-9A-Za-z-]{1,64}-[0-9]{1,6}$/;

/** Whether a name in a spool is the tag of a try: `tj-<job id>-<try>`. */
export function isTag(name: string): boolean {
  return TAG_SHAPE.test(name);
}

/**
 * The same as RECORD_SHAPE, for a record that tells the end:
 * `run BOOT PID START PID START`, newline, `exit 0`, newline, and perhaps `said`, newline.
 */
const ENDED_SHAPE =
  /^(?:run [0-9a-f-]{36}(?: [0-9]{1,20}){4}\n)?exit ([1-9]?[0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])\n(said\n)?$/;

/** The end in a record's text; null while there is none, or when it is no record. */
export function parseEnd(text: string): { readonly exitCode: number; readonly said: boolean } | null {
  const [, code, said] = ENDED_SHAPE.exec(text) ?? [];
  return code === undefined ? null : { exitCode: Number(code), said: said !== undefined };
}
