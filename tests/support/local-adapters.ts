import type { AdapterFactories } from '../../packages/server/src/engine/targets.ts';
import { createExecutor } from '../../packages/server/src/execution/executor.ts';
import { fork } from '../../packages/server/src/execution/fork.ts';
import { createLocalShell } from '../../packages/server/src/execution/local-shell.ts';
import { openStorage, type StorageBlock } from '../../packages/server/src/storage/by-protocol.ts';

/** Programs and files of this host, without credentials: enough for systems that tests register as LOCAL. */
export const LOCAL_ADAPTERS: AdapterFactories = {
  openExecutor: async () => {
    const shell = createLocalShell();
    return {
      executor: createExecutor({ shell, scheduler: fork }),
      whyUnreachable: async () => null,
      close: () => shell.close(),
    };
  },
  urls: {
    whyNot: () => 'tests of local systems read nothing from elsewhere',
    open: () => {
      throw new Error('tests of local systems read nothing from elsewhere');
    },
  },
  openStorage: async ({ definition }) => {
    const storage = openStorage((definition as unknown as { readonly storage: StorageBlock }).storage);
    return { storage, whyUnreachable: async () => null, close: () => storage.close() };
  },
};
