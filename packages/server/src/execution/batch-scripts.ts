import { TRY_LIST_FUNCTIONS } from './try-list.ts';
import { RECORD_FUNCTIONS } from './try-record.ts';
import { QUIET_PIPE } from './wrapper-script.ts';

/** Bash texts that all batch schedulers share. A scheduler adds functions; values come as arguments or input. */

/** Seconds after which a command of many submissions begins no further one, so that the answer comes in time. */
const SUBMIT_SECONDS = 20;

/** A submission mostly waits for the scheduler's answer: a few at a time take less time than a loop. */
const SUBMITTED_AT_A_TIME = 4;

/** Sets ME to the account whose jobs are ours. */
const ACCOUNT = `ME=$(id -un 2>/dev/null) || ME=$(id -u)`;

/**
 * The command that submits tries. Arguments: those of the wrapper, for each try. `functions` defines `submit_one`,
 * which gets them and submits one job. Prints one line a try with the exit code and the words of the submission,
 * line breaks as tabs. Tries without a line have not been submitted, or nobody knows.
 */
export function renderSubmit(functions: string): string {
  return `
${ACCOUNT}
${functions}
refuse() { printf 'arras-refused %s %s\\n' "$1" "$2"; }
submit() {
  local answer code
  [[ -d $1 ]] || { refuse "$3" 'the work directory is gone'; return; }
  [[ -f $1/.arras/wrapper ]] || { refuse "$3" 'the work directory was not prepared'; return; }
  if [[ ! -d $4/running || ! -d $4/ended || ! -d $4/past ]]; then
    mkdir -p -m 700 -- "$4/running" "$4/ended" "$4/past" || { refuse "$3" 'the spool directory cannot be made'; return; }
  fi
  # Where it cannot be made, the wrapper does without.
  [[ -p $4/${QUIET_PIPE} ]] || mkfifo -m 600 -- "$4/${QUIET_PIPE}" 2>/dev/null
  answer=$(submit_one "$@" 2>&1 </dev/null)
  code=$?
  answer=\${answer:0:2000}
  answer=\${answer//$'\\n'/$'\\t'}
  printf 'arras-answer %s %s %s\\n' "$3" "$code" "$answer"
}
cd / || exit 1
SUBMITTED=0
while (( $# >= 7 && SECONDS < ${SUBMIT_SECONDS} )); do
  # Each answer is one short write, so that those of several at a time do not mix.
  submit "\${@:1:7}" &
  shift 7
  (( ++SUBMITTED % ${SUBMITTED_AT_A_TIME} )) || wait
done
wait
`;
}

/**
 * The command that tells about tries. Argument: nonce; the tries come on standard input. `functions` defines
 * - `query`: asks for the account's jobs once. It prints what the scheduler's parser eats, calls `row_of ID STATE` for
 *   a job that waits and has never run, and returns the exit code; on failure it sets WORDS to the reason;
 * - `account ID…`: asks the accounting once about the given jobs, likewise.
 *
 * Prints between two lines with the nonce: what `query` printed, the facts of each try of which something is on
 * record, and what `account` printed, each closed by a line `SECTION NONCE CODE WORDS`. The queue comes before the records: a
 * job that ends in between has its exit marker by the time we look for it.
 */
export function renderPoll(functions: string): string {
  return `
${ACCOUNT}
${RECORD_FUNCTIONS}
${TRY_LIST_FUNCTIONS}
declare -A INDEX LISTED WAITS ALIVE
WANTED=()
section() { printf '%s %s %s %s\\n' "$1" "$NONCE" "$2" "\${3//[$'\\n\\t']/ }"; }
${functions}
# Jobs that wait have no records, unless the scheduler is behind: then the record is in one of these listings.
list_spool() {
  local file
  [[ -n \${LISTED[$SPOOL/]} ]] && return
  LISTED[$SPOOL/]=1
  for file in "$SPOOL"/running/tj-* "$SPOOL"/ended/tj-*; do LISTED[$SPOOL/\${file##*/}]=1; done
}
# Prints \`try N EXIT CLAIM RECORD JOB\`.
look() {
  local record=-
  read_record
  read_claim
  [[ -n $WRAPPER_PID ]] && record=run
  [[ -n $EXIT || $CLAIM != none ]] || return 1
  printf 'try %s %s %s %s %s\\n' "$1" "\${EXIT:--}" "$CLAIM" "$record" "$CLAIM_JOB"
}
# wants_account N: a try that the queue does not show as alive, and that has been a job.
wants_account() {
  local job=$LOCAL_ID
  [[ -n \${ALIVE[$1]} && -z $EXIT ]] && return
  [[ $CLAIM == service ]] && return
  [[ $CLAIM_JOB != - ]] && job=$CLAIM_JOB
  [[ $job =~ ^[0-9]+$ ]] && (( \${#WANTED[@]} < 2000 )) && WANTED+=("$job")
}
NONCE=$1
read_tries
for (( N = 0; N < TRIES; N++ )); do INDEX[\${FIELDS[5 * N + 2]}]=$N; done
printf 'begin %s\\n' "$NONCE"
query
section queue "$?" "$WORDS"
for (( N = 0; N < TRIES; N++ )); do
  take_try "$N"
  list_spool
  [[ -n \${WAITS[$N]} && -z \${LISTED[$SPOOL/$TAG]} ]] && continue
  EXIT='' CLAIM=none CLAIM_JOB=-
  look "$N"
  wants_account "$N"
done
section tries 0
if (( \${#WANTED[@]} > 0 )); then
  WORDS=''
  account "\${WANTED[@]}"
  section accounting "$?" "$WORDS"
fi
printf 'end %s\\n' "$NONCE"
`;
}

/** A command that acts on one try. Arguments: TAG, the scheduler's id or `-`, and what else the caller gives. */
export function renderAct(functions: string): string {
  return `
${ACCOUNT}
TAG=$1 ID=$2 ACTION=$3
# cannot WORDS: the scheduler understood and refused.
cannot() { printf '%s\\n' "\${1//$'\\n'/ }"; exit 69; }
# unknown WORDS: nobody knows what became of it.
unknown() { printf '%s\\n' "$1" >&2; exit 1; }
${functions}
exit 0
`;
}
