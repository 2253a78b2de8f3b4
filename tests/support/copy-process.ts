import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import { copyTree } from '../../packages/server/src/storage/transfer.ts';

// Copies /source to /copy below a root, as a process of its own that a test may kill: `copy-process.ts ROOT KEY`.
const [rootDir = '', transferKey = ''] = process.argv.slice(2);
const storage = createLocalStorage({ rootDir, syncFileSystem: async () => undefined });
let bytesKept = 0;
const manifest = await copyTree({
  from: storage,
  fromPath: '/source',
  to: storage,
  toPath: '/copy',
  transferKey,
  checksums: true,
  onProgress: (progress) => {
    bytesKept = progress.bytesKept;
  },
});
process.stdout.write(JSON.stringify({ manifest, bytesKept }));
