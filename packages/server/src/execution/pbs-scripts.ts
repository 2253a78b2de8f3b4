import { renderAct, renderPoll, renderSubmit } from './batch-scripts.ts';

/** Bash texts of the PBS Pro and TORQUE schedulers. */

/**
 * Neither takes arguments for a script, and TORQUE cuts names at 15 letters: what is submitted is a script of three
 * lines that calls the wrapper, and the tag travels as a variable of the job.
 */
export const SUBMIT = renderSubmit(`
submit_one() {
  {
    printf '#!/bin/bash\\n'
    grep -a '^#PBS ' "$1/.arras/wrapper"
    printf 'exec bash'
    printf ' %q' "$1/.arras/wrapper" "$@"
    printf '\\n'
  } | qsub -N arras -r n -o /dev/null -e /dev/null -v "ARRAS_TRY=$3"
}
`);

/** `-x` also shows jobs that have ended; TORQUE has no such option, and shows them for a while anyway. */
const listJobs = (history: string) => `list_jobs() {
  local code
  OUT=$(qstat ${history} -f "$@" 2>&1)
  code=$?
  (( code == 0 )) && return
  # Jobs that are gone make it fail, whatever it says of the others.
  [[ $OUT == *'Job Id:'* || $OUT == *'nknown Job Id'* || $OUT == *'has finished'* ]] && return
  WORDS=\${OUT:0:300}
  return "$code"
}`;

/** Asks for the jobs whose ids are known, and for those of the account that are in the queue. */
export const renderPbsPoll = (history: string) =>
  renderPoll(`
${listJobs(history)}
query() {
  local n ids
  ids=$(qselect -u "$ME" 2>&1) || { WORDS=\${ids:0:300}; return 1; }
  for (( n = 0; n < TRIES; n++ )); do ids+=$'\\n'\${FIELDS[5 * n + 4]}; done
  ids=$(grep -E '^[0-9]+(\\[\\])?(\\.[A-Za-z0-9.-]+)?$' <<< "$ids" | sort -u)
  [[ -n $ids ]] || return 0
  set -f
  list_jobs $ids || return
  set +f
  printf '%s\\n' "$OUT"
}
account() { return 0; }
`);

const findJob = (history: string) => `${listJobs(history)}
say() { OUT=$("$@" 2>&1); }
# find_job: sets JOB and STATE to those of our job.
find_job() {
  local ids=$ID line all
  [[ $ID == - ]] && { ids=$(qselect -u "$ME" 2>&1) || unknown "$ids"; }
  [[ -n $ids ]] || return 1
  list_jobs $ids || unknown "$WORDS"
  all=\${OUT//$'\\n\\t'/}
  while IFS= read -r line; do
    case $line in
      'Job Id: '*) JOB=\${line#Job Id: } STATE='' ;;
      *job_state\\ =\\ *) STATE=\${line##*= } ;;
      *Variable_List\\ =*) [[ ",\${line#*= }," == *",ARRAS_TRY=$TAG,"* ]] && return ;;
    esac
  done <<< "$all"
  return 1
}`;

/** PBS sends SIGTERM and, after its kill delay, SIGKILL; a \`force\` is the same. */
export const renderPbsCancel = (history: string) =>
  renderAct(`
${findJob(history)}
find_job || exit 0
[[ $STATE == [FCX] ]] && exit 0
say qdel "$JOB" && exit 0
[[ $OUT == *'nknown Job Id'* || $OUT == *'has finished'* ]] && exit 0
unknown "$OUT"
`);

/** A running job is suspended where the site lets us, one that waits is held. */
export const renderPbsSuspend = (history: string) =>
  renderAct(`
${findJob(history)}
find_job || cannot 'the job is not in the queue'
case $ACTION-$STATE in
  pause-[SU] | resume-[RE]) exit 0 ;;
  pause-[QWH]) say qhold -h u "$JOB" ;;
  pause-*) say qsig -s suspend "$JOB" ;;
  resume-[QWH]) say qrls -h u "$JOB" ;;
  resume-*) say qsig -s resume "$JOB" ;;
esac && exit 0
cannot "$OUT"
`);
