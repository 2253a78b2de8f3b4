import type {
  LoginRequest,
  QueueRequest,
  QueueView,
  StorageRequest,
  SystemRequest,
  SystemRole,
  SystemRoleView,
  SystemSummary,
  SystemView,
} from '@arras/contract';
import type { ViewedSystem } from '../../database/systems.ts';
import type { ViewContext } from '../../events/view-context.ts';
import { linkTo, metadataLink } from './links.ts';

/** The system as one viewer sees it. Made field by field, so that a secret cannot slip in (S2). */
export function renderSystem(context: ViewContext, system: ViewedSystem): SystemView {
  const definition = definitionOf(system);
  const common = { ...commonFields(context, system, definition), storage: renderStorage(definition.storage) };
  const _links = systemLinks(context, system);
  if (definition.type === 'STORAGE') return { ...common, type: 'STORAGE', _links };
  return {
    ...common,
    type: 'EXECUTION',
    executionType: definition.executionType,
    scheduler: definition.scheduler,
    environment: definition.environment,
    startupScript: definition.startupScript,
    maxSystemJobs: definition.maxSystemJobs,
    maxSystemJobsPerUser: definition.maxSystemJobsPerUser,
    workDir: definition.workDir,
    scratchDir: definition.scratchDir,
    queues: definition.queues.map(renderQueue),
    login: { protocol: definition.login.protocol, ...renderConnection(definition.login) },
    _links,
  };
}

/** One row of a system listing. */
export function renderSystemSummary(context: ViewContext, system: ViewedSystem): SystemSummary {
  const { name, status, description } = definitionOf(system);
  return {
    id: system.id,
    name,
    type: system.type,
    description,
    status,
    available: system.available,
    public: system.is_public,
    default: system.is_default,
    owner: system.owner,
    lastModified: context.formatTime(system.last_modified),
    _links: { self: linkTo(context, 'systems', 'v2', system.id) },
  };
}

/** A queue without what only the service needs. */
export function renderQueue(queue: QueueRequest): QueueView {
  return {
    name: queue.name,
    default: queue.default,
    description: queue.description,
    mappedName: queue.mappedName,
    maxJobs: queue.maxJobs,
    maxUserJobs: queue.maxUserJobs,
    maxNodes: queue.maxNodes,
    maxProcessorsPerNode: queue.maxProcessorsPerNode,
    maxRequestedTime: queue.maxRequestedTime,
    maxMemoryPerNode: queue.maxMemoryPerNode,
    customDirectives: queue.customDirectives,
  };
}

/** The role of one user on a system. */
export function renderRole(
  context: ViewContext,
  systemId: string,
  { username, role }: { readonly username: string; readonly role: SystemRole },
): SystemRoleView {
  return {
    username,
    role,
    _links: {
      self: linkTo(context, 'systems', 'v2', systemId, 'roles', username),
      parent: linkTo(context, 'systems', 'v2', systemId),
      profile: linkTo(context, 'profiles', 'v2', username),
    },
  };
}

/** What a system was registered with. */
export function definitionOf(system: Pick<ViewedSystem, 'definition'>): SystemRequest {
  // Written by the system routes from a parsed request, never by hand.
  return system.definition as unknown as SystemRequest;
}

function commonFields(context: ViewContext, system: ViewedSystem, definition: SystemRequest) {
  return {
    id: system.id,
    uuid: system.uuid,
    name: definition.name,
    status: definition.status,
    available: system.available,
    description: definition.description,
    site: definition.site,
    revision: system.revision,
    public: system.is_public,
    globalDefault: system.is_global_default,
    default: system.is_default,
    lastModified: context.formatTime(system.last_modified),
    owner: system.owner,
  };
}

function renderStorage(storage: StorageRequest) {
  const { protocol, rootDir, homeDir, mirror, zone, resource, container, region, tls, publicAppsDir } =
    storage;
  return {
    protocol,
    ...renderConnection(storage),
    rootDir,
    homeDir,
    mirror,
    ...(zone !== undefined && { zone }),
    ...(resource !== undefined && { resource }),
    ...(container !== undefined && { container }),
    ...(region !== undefined && { region }),
    ...(tls !== undefined && { tls }),
    ...(publicAppsDir !== undefined && { publicAppsDir }),
  };
}

function renderConnection({
  protocol,
  host,
  port,
  proxy,
  hostKeys,
  transport = 'BUILTIN',
  auth,
}: LoginRequest | StorageRequest) {
  return {
    host: host ?? null,
    port: port ?? null,
    proxy: proxy === undefined ? null : renderProxy(proxy),
    ...(hostKeys !== undefined && { hostKeys: [...hostKeys] }),
    ...((protocol === 'SSH' || protocol === 'SFTP') && { transport }),
    auth: { type: auth.type },
  };
}

function renderProxy({ name, host, port, hostKeys }: NonNullable<LoginRequest['proxy']>) {
  return { name: name ?? null, host, port, ...(hostKeys !== undefined && { hostKeys: [...hostKeys] }) };
}

function systemLinks(context: ViewContext, system: ViewedSystem) {
  const to = (...parts: readonly string[]) => linkTo(context, 'systems', 'v2', system.id, ...parts);
  return {
    self: to(),
    roles: to('roles'),
    owner: linkTo(context, 'profiles', 'v2', system.owner),
    credentials: to('credentials'),
    history: to('history'),
    metadata: metadataLink(context, system.uuid),
  };
}
