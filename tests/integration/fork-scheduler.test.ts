import { fork } from '../../packages/server/src/execution/fork.ts';
import { createLocalShell } from '../../packages/server/src/execution/local-shell.ts';
import { describeScheduler } from '../conformance/scheduler.ts';

describeScheduler({
  scheduler: fork,
  open: async () => {
    const shell = createLocalShell();
    return { shell, close: () => shell.close() };
  },
  hold: null,
  patienceMs: 15_000,
});
