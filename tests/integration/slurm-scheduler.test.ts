import { slurm } from '../../packages/server/src/execution/slurm.ts';
import { describeScheduler } from '../conformance/scheduler.ts';
import { startSlurm } from '../support/slurm.ts';

describeScheduler({
  scheduler: slurm,
  open: async () => {
    const cluster = await startSlurm();
    return { shell: cluster.createShell(), close: () => cluster.close() };
  },
  hold: '--hold',
  patienceMs: 60_000,
});
