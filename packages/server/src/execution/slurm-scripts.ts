import { renderAct, renderPoll, renderSubmit } from './batch-scripts.ts';

/** Bash texts of the Slurm schedulers. */

/**
 * Ours are on the command line, where they win over the `#SBATCH` lines of the wrapper (sbatch(1), "Options"): neither a
 * system's custom directives nor anybody else's can change the name, have the job run again, or move its directory.
 * The wrapper itself sends the program's output to its files. Nothing that a user typed is on the command line:
 * accounting keeps it, and `ps` shows it.
 */
export const SUBMIT = renderSubmit(`
# A profile of the site may set these; the job would be an array, or sbatch would wait for its end.
unset SBATCH_ARRAY_INX SBATCH_WAIT SBATCH_CLUSTERS SLURM_CLUSTERS
submit_one() {
  exec sbatch --parsable --no-requeue --export=NONE --job-name="$3" --chdir="$1" \\
    --input=/dev/null --output=/dev/null --error=/dev/null -- "$1/.arras/wrapper" "$@"
}
`);

/**
 * One \`squeue\` for all tries, one \`sacct\` for those that it no longer shows. Users choose the names of jobs, with line
 * breaks in them: a row counts only when its fields and its name stand between marks that hold the nonce, which
 * nobody knew when the name was chosen, and which is passed where \`ps\` does not show it. Only rows of our tries are
 * printed, by number: \`row N ID STATE EXIT RESTARTS START REASON\`.
 */
export const POLL = renderPoll(`
unset \${!SQUEUE_@} SLURM_TIME_FORMAT SLURM_CLUSTERS SACCT_FORMAT
query() {
  local out code line job rest state tag n mark="@$NONCE|" IFS=$'\\n'
  out=$(SQUEUE_FORMAT2="JobID:0$mark,State:0|,exit_code:0|,RestartCnt:0|,StartTime:0|,Reason:0$mark,Name:0$mark" \\
    TZ=UTC0 squeue -h -t all -u "$ME" 2>&1)
  code=$?
  (( code == 0 )) || { WORDS=\${out:0:300}; return "$code"; }
  set -f
  for line in $out; do
    [[ $line == *"$mark"*"$mark"*"$mark" ]] || continue
    job=\${line%%"$mark"*} rest=\${line#*"$mark"}
    tag=\${rest#*"$mark"} rest=\${rest%%"$mark"*} tag=\${tag%"$mark"}
    [[ $tag == tj-* && $tag != *[!0-9A-Za-z-]* && $job != *[!0-9]* ]] || continue
    n=\${INDEX[$tag]}
    [[ -n $n ]] || continue
    state=\${rest%%|*}
    case $state in
      PENDING) [[ $rest == PENDING\\|0\\|0\\|* ]] && WAITS[$n]=1; ALIVE[$n]=1 ;;
      RUNNING | SUSPENDED | COMPLETING | CONFIGURING | STOPPED) ALIVE[$n]=1 ;;
    esac
    printf 'row %s %s|%s\\n' "$n" "$job" "\${rest:0:160}"
  done
  set +f
}
account() {
  local out code ids IFS=,
  ids="$*"
  out=$(TZ=UTC0 sacct -n -P -D --delimiter="@$NONCE|" -u "$ME" -j "$ids" \\
    -o JobIDRaw,JobName,State,ExitCode,ElapsedRaw,TotalCPU,MaxRSS,ReqMem,NNodes 2>&1)
  code=$?
  [[ $code == 0 ]] && printf '%s\\n' "$out" | grep -F "@$NONCE|"
  WORDS=\${out:0:300}
  (( code == 0 )) && WORDS=''
  return "$code"
}
`);

/** Sets OUT to what a command says. Returns its exit code. */
const SAY = `say() { OUT=$("$@" 2>&1); }`;

/** What the client programs say when the controller was not reached or its answer was lost. */
const NO_ANSWER = `(timed out|Unable to contact|Connection refused|Zero Bytes|No route|communication|Transport)`;

/**
 * ACTION is \`force\` or \`stop\`. The filters let through only jobs with our tag and account: an id may be a stranger's by
 * now. Both end in a plain scancel, which also takes jobs that wait out of the queue.
 */
export const CANCEL = renderAct(`
${SAY}
FILTERS=(--user="$ME" --name="$TAG")
[[ $ID == - ]] || FILTERS+=("$ID")
[[ $ACTION == force ]] && say scancel --full --signal=KILL "\${FILTERS[@]}"
say scancel "\${FILTERS[@]}" && exit 0
# It has ended, or the id is not ours: the next poll tells.
[[ $OUT == *'Invalid job id'* || $OUT == *already* ]] && exit 0
unknown "$OUT"
`);

/** ACTION is \`pause\` or \`resume\`. A running job is suspended where the site lets us, one that waits is held. */
export const SUSPEND = renderAct(`
${SAY}
unset \${!SQUEUE_@} SLURM_CLUSTERS
say squeue -h -t all -u "$ME" --name="$TAG" -O JobID:0@,State:0@ || unknown "$OUT"
[[ $OUT =~ (^|$'\\n')([0-9]+)@(RUNNING|SUSPENDED|PENDING)@ ]] || cannot 'the job is not in the queue'
JOB=\${BASH_REMATCH[2]} STATE=\${BASH_REMATCH[3]}
[[ $ID == - || $ID == "$JOB" ]] || cannot 'the job is not in the queue'
case $ACTION-$STATE in
  pause-RUNNING) say scontrol suspend "$JOB" ;;
  pause-PENDING) say scontrol hold "$JOB" ;;
  resume-SUSPENDED) say scontrol resume "$JOB" ;;
  resume-PENDING) say scontrol release "$JOB" ;;
esac && exit 0
[[ $OUT =~ ${NO_ANSWER} ]] && unknown "$OUT"
cannot "$OUT"
`);
