import { sge } from '../../packages/server/src/execution/sge.ts';
import { describeScheduler } from '../conformance/scheduler.ts';
import { startGridEngine } from '../support/gridengine.ts';

describeScheduler({
  scheduler: sge,
  open: async () => {
    const cell = await startGridEngine();
    return { shell: cell.createShell(), close: () => cell.close() };
  },
  hold: '-h',
  patienceMs: 60_000,
});
