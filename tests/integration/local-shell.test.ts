import { createLocalShell } from '../../packages/server/src/execution/local-shell.ts';
import { describeShell } from '../conformance/shell.ts';

describeShell('local', async () => createLocalShell());
