/** A job as `tapis jobs init` writes it. */
export const INIT_JOB = {
  name: 'my_job',
  appId: 'wc-1.0',
  batchQueue: 'normal',
  maxRunTime: '01:00:00',
  memoryPerNode: '1GB',
  nodeCount: 1,
  processorsPerNode: 1,
  archive: true,
  inputs: { query1: 'agave://store/pat/words.txt' },
  parameters: { lines: 10 },
  notifications: [{ event: '*', persistent: true, url: 'pat@example.org' }],
} as const;
