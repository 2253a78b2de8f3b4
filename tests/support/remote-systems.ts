import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Api, LocalSystems } from './api.ts';
import type { Sshd } from './sshd.ts';

/** How the service enters the private sshd of a test. */
export function sshLogin({ port, privateKey }: Pick<Sshd, 'port' | 'privateKey'>) {
  const auth = { type: 'SSHKEYS', username: userInfo().username, privateKey };
  return { host: '127.0.0.1', port, auth };
}

/** Registers a storage and an execution system on a host that is entered over SSH; their files are below `root`. */
export async function registerRemoteSystems(
  api: Api,
  sshd: Pick<Sshd, 'port' | 'privateKey'>,
  root: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<LocalSystems> {
  await mkdir(join(root, 'home'), { recursive: true });
  const storage = { protocol: 'SFTP', rootDir: root, homeDir: '/home', ...sshLogin(sshd) };
  await api.call('POST', '/systems/v2', { id: 'remote-store', name: 'Storage', type: 'STORAGE', storage });
  await api.call('POST', '/systems/v2', {
    id: 'remote',
    name: 'A host over SSH',
    type: 'EXECUTION',
    executionType: 'CLI',
    scheduler: 'FORK',
    scratchDir: '/scratch',
    login: { protocol: 'SSH', ...sshLogin(sshd) },
    storage,
    ...more,
  });
  await api.call('PUT', '/systems/v2/remote-store', { action: 'setDefault' });
  return { root, storage: 'remote-store', execution: 'remote' };
}
