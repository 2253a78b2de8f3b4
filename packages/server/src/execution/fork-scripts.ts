import { TRY_LIST_FUNCTIONS } from './try-list.ts';
import { PROCESS_FUNCTIONS, RECORD_FUNCTIONS } from './try-record.ts';

/** Bash texts of the FORK scheduler. Values come as arguments; none is ever part of a text. */

/**
 * Arguments: those of the wrapper, for each try. Prints one line a try with the wrapper's pid, or with the reason
 * why nothing was started.
 */
export const SUBMIT = `
refuse() { printf 'arras-refused %s %s\\n' "$1" "$2"; }
# Own session and no descriptor of ours, not even one the service inherited: it outlives them all.
launch() {
  local path descriptor
  for path in /proc/self/fd/*; do
    descriptor=\${path##*/}
    (( descriptor <= 2 )) || exec {descriptor}>&-
  done
  trap - INT QUIT
  exec setsid bash "$1/.arras/wrapper" "$@"
}
submit() {
  [[ -d $1 ]] || { refuse "$3" 'the work directory is gone'; return; }
  [[ -f $1/.arras/wrapper ]] || { refuse "$3" 'the work directory was not prepared'; return; }
  type -P setsid >/dev/null || { refuse "$3" 'the host has no setsid command'; return; }
  if [[ ! -d $4/running || ! -d $4/ended || ! -d $4/past ]]; then
    mkdir -p -m 700 -- "$4/running" "$4/ended" "$4/past" || { refuse "$3" 'the spool directory cannot be made'; return; }
  fi
  launch "$@" </dev/null >/dev/null 2>&1 &
  printf 'arras-submitted %s %s\\n' "$3" "$!"
}
while (( $# >= 7 )); do
  submit "\${@:1:7}"
  shift 7
done
`;

/**
 * Argument: nonce. The tries come on standard input (see `try-list.ts`). Prints facts, one line a try:
 * `TAG EXIT CLAIM PROGRAM PID`, each a word this script chose or a checked number.
 */
export const POLL = `
${PROCESS_FUNCTIONS}
${RECORD_FUNCTIONS}
${TRY_LIST_FUNCTIONS}
# liveness BOOT PID START: sets LIVENESS.
liveness() {
  LIVENESS=dead
  if [[ -z $2 ]]; then LIVENESS=none
  elif [[ $1 != "$BOOT" ]]; then LIVENESS=boot
  elif alive "$1" "$2" "$3"; then LIVENESS=alive; [[ $STATE == T ]] && LIVENESS=stopped
  fi
}
look() {
  read_record
  read_claim
  if [[ $CLAIM == wrapper ]]; then
    liveness "$CLAIM_BOOT" "$CLAIM_PID" "$CLAIM_START"
    [[ $LIVENESS == none ]] && LIVENESS=dead
    [[ $LIVENESS == stopped ]] && LIVENESS=alive
    CLAIM=$LIVENESS
  fi
  liveness "$RUN_BOOT" "$PROGRAM_PID" "$PROGRAM_START"
  PROGRAM=$LIVENESS
}
NONCE=$1
read_tries
printf 'begin %s\\n' "$NONCE"
for (( NUMBER_OF_TRY = 0; NUMBER_OF_TRY < TRIES; NUMBER_OF_TRY++ )); do
  take_try "$NUMBER_OF_TRY"
  look
  # It may have recorded its start or its end between our two looks: only a second look after the death counts.
  [[ -z $EXIT && $CLAIM == dead && $PROGRAM != alive && $PROGRAM != stopped ]] && look
  printf '%s %s %s %s %s\\n' "$TAG" "\${EXIT:--}" "$CLAIM" "$PROGRAM" "\${CLAIM_PID:--}"
done
printf 'end %s\\n' "$NONCE"
`;

/**
 * Arguments: WORK TRY TAG SPOOL SIGNAL, SIGNAL being TERM, KILL, STOP or CONT. Signals the program's session
 * and the descendants that left it, after proving each time that the leader is the process on record. What
 * is gone or has not started is left alone; the next poll tells. KILL also ends a wrapper without a program.
 */
export const SIGNAL = `
${PROCESS_FUNCTIONS}
${RECORD_FUNCTIONS}
WORK=$1 TRY=$2 TAG=$3 SPOOL=$4 SIGNAL=$5

is_ours() {
  local variable
  stat_of "$1" && [[ $STATE != [ZX] ]] || return 1
  [[ $SESSION == "$PROGRAM_PID" ]] && return 0
  [[ -r /proc/$1/environ ]] || return 1
  while IFS= read -r -d '' variable; do
    [[ $variable == "ARRAS_TRY=$TAG" ]] && return 0
  done 2>/dev/null < "/proc/$1/environ"
  return 1
}
# followers: sets FOLLOWERS to the program's processes outside its leader's group, and MEMBERS to those inside.
followers() {
  local directory pid
  FOLLOWERS=() MEMBERS=()
  for directory in /proc/[0-9]*; do
    pid=\${directory#/proc/}
    [[ $pid != "$PROGRAM_PID" ]] && is_ours "$pid" || continue
    if [[ $GROUP == "$PROGRAM_PID" ]]; then MEMBERS+=("$pid"); else FOLLOWERS+=("$pid"); fi
  done
}
program_lives() { alive "$RUN_BOOT" "$PROGRAM_PID" "$PROGRAM_START"; }
send() { (( $# > 1 )) && kill -s "$1" -- "\${@:2}" 2>/dev/null; }

# The whole group in one call: a shell that lost only its child would start the next command.
signal_all() {
  followers
  program_lives || return
  send "$1" "-$PROGRAM_PID" || send "$1" "$PROGRAM_PID"
  send "$1" "\${FOLLOWERS[@]}"
}
# The leader is held, not ended, until its followers are gone: while it lives, its session is provably ours.
kill_all() {
  local round
  send STOP "$PROGRAM_PID"
  for round in 1 2 3 4 5 6 7 8 9 10; do
    followers
    program_lives || return
    send KILL "\${FOLLOWERS[@]}" "\${MEMBERS[@]}" || break
  done
  program_lives && send KILL "$PROGRAM_PID"
}

read_record
read_claim
[[ -z $EXIT ]] || exit 0
if ! program_lives; then
  [[ $SIGNAL == KILL && $CLAIM == wrapper ]] && alive "$CLAIM_BOOT" "$CLAIM_PID" "$CLAIM_START" &&
    send KILL "$CLAIM_PID"
elif [[ $SIGNAL == KILL ]]; then
  kill_all
else
  signal_all "$SIGNAL"
  # A stopped process takes a TERM only when it goes on.
  [[ $SIGNAL == TERM ]] && signal_all CONT
fi
exit 0
`;
