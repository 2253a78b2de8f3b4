/** What a job can be called, for the help. */
export const JOB = 'id of the job, its beginning or end, last, or @name';

/** The same for commands that take several. */
export const JOBS = `${JOB}; several are possible, - reads them from the standard input`;

/** When waiting is given up. */
export const TIMEOUT = 'give up after this time, such as 90s or 2h; the job goes on';

/** For scripts that only want to know whether the command itself worked. */
export const NO_EXIT_STATUS = 'end with code 0 whatever became of the jobs';
