import type { SubmitOutcome } from './scheduler.ts';

/**
 * Answers of sbatch that mean no: the controller read the request and made no job (texts of slurm_errno of 22.05 to
 * 24.11, and of the option parser). Whatever is not here is unknown: the job may exist all the same.
 */
const PERMANENT: readonly RegExp[] = [
  /Invalid (partition name|account|qos|feature|node name|license|generic resource|wckey|job array|time specif|user id|reservation|mcs_label)/i,
  /Invalid (account or account\/partition combination|Trackable RESource|cluster feature|preferred feature)/i,
  /Requested (node configuration is not available|reservation is invalid|partition configuration not available)/i,
  /Requested (time limit|GRES option|operation (is presently disabled|not supported))/i,
  /Node count specification invalid/i,
  /More processors requested than permitted/i,
  /Memory (specification can not be satisfied|required by task is not available)/i,
  /Job violates accounting\/QOS policy/i,
  /Job dependency problem/i,
  /Access denied to requested reservation/i,
  /User's group not permitted to use this partition/i,
  /Access\/permission denied/i,
  /User account is restricted|Account is not permitted|QOS is not permitted|not permitted to use this (partition|qos)/i,
  /Invalid --[a-z-]+ (specification|argument|value)/i,
  /unrecognized option|invalid option|option requires an argument|ambiguous option/i,
  /Batch script (contains DOS line breaks|is empty)|does not start with #!/i,
  /Immediate execution impossible/i,
  // A submit filter of the site: its own words come on a line before this one.
  /sbatch: error: (?!Batch job)[^\t]+\t.*Batch job submission failed: Unspecified error/,
];

/** Limits on what may be submitted at once: named on a line of their own before the general text. */
const CLEARS =
  /(Assoc|QOS|)(Grp|Max)SubmitJobs?(PerUser|PerAccount|)(Limit|)|MaxJobCount|Required (partition|node) not available|temporarily unable to accept job/;

/** What a failed submission means. `words` has tabs for line breaks. */
export function judgeRefusal(words: string): SubmitOutcome {
  const reason = readable(words);
  if (CLEARS.test(words)) return { kind: 'refused', reason, clears: true };
  if (PERMANENT.some((pattern) => pattern.test(words))) return { kind: 'refused', reason };
  return { kind: 'unknown', reason };
}

/** `sbatch: error: invalid partition specified: x<tab>sbatch: error: Batch job submission failed: Invalid …` */
function readable(words: string): string {
  const lines = words.split('\t').map((line) => line.replace(/^sbatch: (error: |fatal: )?/, '').trim());
  return (
    [...new Set(lines.filter((line) => line !== ''))].join('; ').slice(0, 500) || 'sbatch gave no reason'
  );
}
