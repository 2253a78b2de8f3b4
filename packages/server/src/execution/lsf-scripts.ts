import { renderAct, renderPoll, renderSubmit } from './batch-scripts.ts';

/** Bash texts of the LSF schedulers. */

/** Options on the command line win over `#BSUB` lines. `-rn` keeps LSF from running it again. */
export const SUBMIT = renderSubmit(`
submit_one() {
  {
    printf '#!/bin/bash\\n'
    grep -a '^#BSUB ' "$1/.arras/wrapper"
    printf 'exec bash'
    printf ' %q' "$1/.arras/wrapper" "$@"
    printf '\\n'
  } | bsub -J "$3" -rn -cwd "$1" -L /bin/bash -o /dev/null -e /dev/null
}
`);

/** `-a` also shows jobs that have ended, for as long as the master remembers them (CLEAN_PERIOD). */
export const POLL = renderPoll(`
query() {
  local out code
  out=$(bjobs -a -u "$ME" -noheader -o "jobid stat job_name exit_code exit_reason pend_reason delimiter='^'" 2>&1)
  code=$?
  # No job at all is an answer, though it makes bjobs fail.
  [[ $out == *'No '*job*' found'* ]] && return 0
  (( code == 0 )) || { WORDS=\${out:0:300}; return "$code"; }
  grep -aF '^tj-' <<< "$out"
  return 0
}
account() { return 0; }
`);

const SAY = `say() { OUT=$("$@" 2>&1); }
gone() { [[ $OUT == *'No '*job*' found'* || $OUT == *'already finished'* || $OUT == *'is not found'* ]]; }
# The name and the account choose the job; 0 stands for every id.
JOBS=(-J "$TAG" -u "$ME")
if [[ $ID == - ]]; then JOBS+=(0); else JOBS+=("$ID"); fi`;

/** A \`stop\` sends SIGINT, SIGTERM and SIGKILL, some seconds apart; \`force\` sends SIGKILL at once. */
export const CANCEL = renderAct(`
${SAY}
if [[ $ACTION == force ]]; then say bkill -s KILL "\${JOBS[@]}"; else say bkill "\${JOBS[@]}"; fi && exit 0
gone && exit 0
unknown "$OUT"
`);

/** Works for jobs that run and for jobs that wait. */
export const SUSPEND = renderAct(`
${SAY}
if [[ $ACTION == pause ]]; then say bstop "\${JOBS[@]}"; else say bresume "\${JOBS[@]}"; fi && exit 0
gone && cannot 'the job is not in the queue'
cannot "$OUT"
`);
