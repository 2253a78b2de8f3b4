import type { HostControl } from '../../packages/server/src/http/context.ts';

/** For tests without hosts outside. */
export const NO_HOSTS: HostControl = {
  showHostKeys: async () => ({ kind: 'hidden', reason: 'there are no hosts in this test' }),
  checkSystem: () => Promise.reject(new Error('there are no hosts in this test')),
};
