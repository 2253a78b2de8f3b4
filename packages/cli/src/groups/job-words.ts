/** What a job can be called, for the help. */
export const JOB = 'id of the job, its beginning or end, last, or @name';

/** The same for commands that take several. */
export const JOBS = `${JOB}; several are possible, - reads them from the standard input`;
