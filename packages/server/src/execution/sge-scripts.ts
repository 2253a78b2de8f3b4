import { renderAct, renderPoll, renderSubmit } from './batch-scripts.ts';

/** Bash texts of the Grid Engine schedulers. */

/** Options on the command line win over `#$` lines of the script (qsub(1), "SEQUENCE"). */
export const SUBMIT = renderSubmit(`
submit_one() {
  exec qsub -terse -N "$3" -wd "$1" -r n -S /bin/bash -i /dev/null -o /dev/null -e /dev/null -C '#$' "$1/.arras/wrapper" "$@"
}
`);

/** Only what the parser needs is kept of the XML, and only names of ours. */
const LIST_JOBS = `list_jobs() {
  local code
  XML=$(qstat -u "$ME" -xml 2>&1)
  code=$?
  (( code == 0 )) && [[ $XML == *'<job_info'* ]] && return
  WORDS=\${XML:0:300}
  return $(( code == 0 ? 1 : code ))
}
keep() { grep -oE '<(JB_job_number>[0-9]+|JB_name>tj-[0-9A-Za-z-]+<|state>[A-Za-z]+<)' <<< "$XML"; }`;

/** `qacct` reads the accounting file of this host and never asks the master; one call a job, 20 at most. */
export const POLL = renderPoll(`
${LIST_JOBS}
query() {
  list_jobs || return
  keep
  return 0
}
account() {
  local id out
  for id in "\${@:1:20}"; do
    out=$(qacct -o "$ME" -j "$id" 2>&1) && grep -E '^(jobname|jobnumber|failed|exit_status|ru_wallclock|cpu|maxvmem) ' <<< "$out"
    [[ $out == *accounting*"o such file"* ]] && { WORDS=$out; return 1; }
  done
  return 0
}
`);

/** Sets JOB and STATE to those of our job; ends the script when it is not in the queue. */
const FIND_JOB = `${LIST_JOBS}
say() { OUT=$("$@" 2>&1); }
find_job() {
  local line number='' state='' name=''
  list_jobs || unknown "$WORDS"
  while IFS= read -r line; do
    case $line in
      '<JB_job_number>'*) number=\${line#*>} name='' ;;
      '<JB_name>'*) name=\${line#*>} name=\${name%<} ;;
      '<state>'*) state=\${line#*>} state=\${state%<}
        [[ $name == "$TAG" && ( $ID == - || $ID == "$number" ) ]] && { JOB=$number STATE=$state; return; } ;;
    esac
  done < <(keep)
  return 1
}`;

/** Grid Engine ends jobs with SIGKILL; a \`stop\` is the same. Both take a job that waits out of the queue. */
export const CANCEL = renderAct(`
${FIND_JOB}
find_job || exit 0
say qdel "$JOB" && exit 0
[[ $OUT == *'does not exist'* || $OUT == *'is already in deletion'* ]] && exit 0
unknown "$OUT"
`);

/** A running job is suspended, one that waits is held. */
export const SUSPEND = renderAct(`
${FIND_JOB}
find_job || cannot 'the job is not in the queue'
case $ACTION-$STATE in
  pause-*[sST]*) exit 0 ;;
  pause-*w*) say qhold "$JOB" ;;
  pause-*) say qmod -sj "$JOB" ;;
  resume-*w*) say qrls "$JOB" ;;
  resume-*[sST]*) say qmod -usj "$JOB" ;;
  resume-*) exit 0 ;;
esac && exit 0
[[ $OUT == *'unable to contact qmaster'* || $OUT == *commlib* ]] && unknown "$OUT"
cannot "$OUT"
`);
