import type { SystemView } from '@arras/contract';

/** What the facts are made of. */
export type SystemFacts = Pick<SystemView, 'type' | 'default' | 'globalDefault' | 'public' | 'owner'> & {
  readonly scheduler?: string;
  readonly storage: Pick<SystemView['storage'], 'protocol'>;
  readonly login?: { readonly protocol: string };
};

/** What kind of system it is, in few words. */
export function systemFacts(system: SystemFacts): readonly string[] {
  const { type, default: isDefault, globalDefault, scheduler, login, storage, owner } = system;
  const facts = [
    type === 'STORAGE' ? 'storage' : 'execution',
    scheduler?.toLowerCase(),
    login === undefined ? `files by ${storage.protocol}` : `entered by ${login.protocol}`,
    isDefault && (globalDefault ? 'default of everybody' : 'your default'),
    system.public ? 'public' : 'not public',
    `of ${owner}`,
  ];
  return facts.filter((fact) => typeof fact === 'string');
}
