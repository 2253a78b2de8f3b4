import { SYSTEM_ROLES, type SystemRole } from '@arras/contract';

/** What can be done with a system, and the least role that allows it (spec: systems-apps-files 1.2). */
const LEAST_ROLE = {
  run: 'USER',
  readFiles: 'USER',
  /** An app brings its own program along; see {@link mayRegisterApp}. */
  registerApp: 'USER',
  registerAppBesideService: 'PUBLISHER',
  change: 'ADMIN',
  /** Only somebody who has all rights may give all rights away. */
  grantOwner: 'OWNER',
} as const satisfies Record<string, SystemRole>;

/** Something that can be done with a system. */
export type SystemUse = keyof typeof LEAST_ROLE;

/** Whether a role allows a use. */
export function mayUseSystem(role: SystemRole, use: SystemUse): boolean {
  return SYSTEM_ROLES.indexOf(role) >= SYSTEM_ROLES.indexOf(LEAST_ROLE[use]);
}

/** How a system is reached: what decides whether it runs on the service's own host. */
export interface Connections {
  readonly storage: Connection;
  readonly login?: Connection | undefined;
}

interface Connection {
  readonly protocol: string;
  readonly transport?: string | undefined;
}

/**
 * Programs and files of such a system are beside the service itself, so that only an administrator may register one,
 * and only users whom its owner made PUBLISHER may bring programs to it. Everybody with the role USER may run those.
 */
export function isHostLocal({ storage, login }: Connections): boolean {
  return storage.protocol === 'LOCAL' || login?.protocol === 'LOCAL';
}

/**
 * Such a system is entered as the service's own account can, wherever its network reaches, so that only an
 * administrator may register one. Its programs run on the other host, as with every remote system.
 */
export function usesOpenSsh({ storage, login }: Connections): boolean {
  return storage.transport === 'OPENSSH' || login?.transport === 'OPENSSH';
}

/** Whether somebody with this role may register an app that runs on the system. */
export function mayRegisterApp(role: SystemRole, system: Connections): boolean {
  return mayUseSystem(role, isHostLocal(system) ? 'registerAppBesideService' : 'registerApp');
}

/** Who may delete an app, and take back its publication: more than those who may change it. */
export function ownsApp(
  viewer: { readonly username: string; readonly isAdmin: boolean },
  app: { readonly owner: string },
): boolean {
  return viewer.isAdmin || viewer.username === app.owner;
}
