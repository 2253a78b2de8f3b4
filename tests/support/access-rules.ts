import { type OperationId, parameterNames, routeOf } from '../../packages/contract/src/index.ts';
import { TEST_APP } from './job-api.ts';

// Who may call what (RELIABILITY S1), by one rule: what belongs to somebody does not exist for others. The rule of a
// route follows from its path; a route from which it does not follow has to be named here.

/** Names under which a user has things, one set for each test of a route. */
export type ThingNames = Readonly<Record<string, string>>;

/** A kind of thing that belongs to a user. */
export type ThingKind =
  | 'job'
  | 'filter'
  | 'subscription'
  | 'system'
  | 'app'
  | 'metadata'
  | 'schema'
  | 'postit'
  | 'token'
  | 'uuid';

/** What a route's callers may expect. */
export type AccessRule =
  /** Answers without a token; `password`: it asks for another proof of its own. */
  | { readonly kind: 'open'; readonly asksPassword: boolean }
  | { readonly kind: 'administrators' }
  /**
   * Does not exist for other users; without `forAdministrators` nor for those. `forOwner`: administrators see it, and
   * are told that only its owner may do this.
   */
  | {
      readonly kind: 'thing';
      readonly of: ThingKind;
      readonly forAdministrators: boolean;
      readonly forOwner: boolean;
    }
  /** Speaks of what is the caller's own, or shown to everybody. */
  | { readonly kind: 'own' }
  /** Who may what is more than a table can say: its own tests do. */
  | { readonly kind: 'told elsewhere'; readonly where: string };

const OPEN: Partial<Record<OperationId, 'password' | 'nothing'>> = {
  callBack: 'nothing',
  sendJobEvent: 'nothing',
  redeemPostit: 'nothing',
  listSignInWays: 'nothing',
  createSession: 'nothing',
  startOidcSignIn: 'nothing',
  finishOidcSignIn: 'nothing',
  authorizeDevice: 'nothing',
  listClients: 'password',
  createClient: 'password',
  showClient: 'password',
  deleteClient: 'password',
  listClientSubscriptions: 'password',
  grantTokens: 'nothing',
  listTenants: 'nothing',
  showLiveness: 'nothing',
  showReadiness: 'nothing',
  showMetrics: 'nothing',
  showOpenApi: 'nothing',
};

const TOLD_ELSEWHERE: Partial<Record<OperationId, string>> = {
  streamEvents: 'streams-http',
  showSession: 'sessions-http',
  deleteSession: 'sessions-http',
  showDeviceSignIn: 'device-sign-in',
  decideDeviceSignIn: 'device-sign-in',
  showProfile: 'profiles-http',
  updateProfile: 'profiles-http',
  replaceProfile: 'profiles-http',
};

const OWN: readonly OperationId[] = [
  'listJobs',
  'countJobs',
  'searchJobs',
  'submitJob',
  'showJobStatuses',
  'listSavedFilters',
  'saveFilter',
  'listNotifications',
  'createNotification',
  'previewNotification',
  'listSystems',
  'createSystem',
  'listApps',
  'listAppsByName',
  'listAppsByTag',
  'listAppsByOntology',
  'listAppsBySystem',
  'createApp',
  'listMetadata',
  'createMetadata',
  'listSchemas',
  'createSchema',
  'listPostits',
  'createPostit',
  'listUuids',
  'listProfiles',
  'createToken',
  'listTokens',
];

/** Makes something of the caller's out of something of the owner's. */
const FOR_OWNER: readonly OperationId[] = ['resubmitJob'];

/** The part of a path that names a thing, the kind of it, and whether administrators see it. */
const THINGS: readonly (readonly [beginning: string, kind: ThingKind, forAdministrators: boolean])[] = [
  ['/jobs/v2/filters/{name}', 'filter', false],
  ['/jobs/v2/{id}', 'job', true],
  ['/notifications/v2/{id}', 'subscription', true],
  ['/systems/v2/{id}', 'system', true],
  ['/apps/v2/{id}', 'app', true],
  ['/files/v2/listings/system/{systemId}', 'system', true],
  ['/files/v2/media/system/{systemId}', 'system', true],
  ['/files/v2/history/system/{systemId}', 'system', true],
  ['/files/v2/pems/system/{systemId}', 'system', true],
  ['/meta/v2/data/{uuid}', 'metadata', true],
  ['/meta/v2/schemas/{uuid}', 'schema', true],
  ['/postits/v2/{postit}', 'postit', false],
  ['/tokens/v2/{id}', 'token', true],
  ['/uuids/v2/{uuid}', 'uuid', true],
];

/** The rule of a route. Throws for one that has none: say here who may call it. */
export function accessRuleOf(id: OperationId): AccessRule {
  const { access, path } = routeOf(id);
  if (access === 'public') {
    const proof = OPEN[id];
    if (proof === undefined) throw new Error(`${id} is open to everybody, and no rule says so`);
    return { kind: 'open', asksPassword: proof === 'password' };
  }
  if (access === 'admin') return { kind: 'administrators' };
  const where = TOLD_ELSEWHERE[id];
  if (where !== undefined) return { kind: 'told elsewhere', where };
  if (OWN.includes(id)) return { kind: 'own' };
  const thing = THINGS.find(([beginning]) => path.startsWith(beginning));
  if (thing === undefined) throw new Error(`${id} has no rule that says who may call it`);
  return { kind: 'thing', of: thing[1], forAdministrators: thing[2], forOwner: FOR_OWNER.includes(id) };
}

/** Addresses of a route with names filled in: those of its paths that name everything by itself. */
export function targetsOf(id: OperationId, names: ThingNames): string[] {
  const { path, aliases = [] } = routeOf(id);
  const [longest = 0] = [path, ...aliases]
    .map((each) => parameterNames(each).length)
    .toSorted((a, b) => b - a);
  return [path, ...aliases]
    .filter((each) => !each.startsWith('/files/') || each.includes('{systemId}') || longest === 0)
    .map((each) =>
      parameterNames(each).reduce(
        (target, name) => target.replace(`{${name}}`, names[name] ?? SUB_NAMES[name] ?? 'x'),
        each,
      ),
    );
}

/** Names below a thing that are the same for all. */
const SUB_NAMES: ThingNames = {
  username: 'nobody',
  path: 'out.txt',
  queue: 'normal',
  connection: 'storage',
  attemptId: '174000000000000000-00000000-0000-042',
};

const PERMISSION = { username: 'bob', permission: 'READ' };
const DOCUMENT = { name: 'taken over', value: 1 };
const SCHEMA = { schema: { type: 'object' } };

/** A description of a system that needs no host to answer. */
export const REMOTE_SYSTEM = {
  name: 'hidden-name',
  type: 'STORAGE',
  storage: {
    protocol: 'SFTP',
    host: 'storage.example.org',
    port: 22,
    homeDir: '/home',
    hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'],
    auth: { type: 'PASSWORD', username: 'ada', password: 'secret' },
  },
};

/** Bodies that pass their schema, so that it is the rule that answers. `names` are those of another user's things. */
export function bodyOf(id: OperationId, names: ThingNames): unknown {
  const bodies: Partial<Record<OperationId, unknown>> = {
    submitJob: { name: 'mine', appId: names['app'] ?? 'x-1', archive: false },
    actOnJob: { action: 'stop' },
    showJobStatuses: { ids: [names['job']] },
    saveFilter: { filter: 'status:running' },
    grantJobPermission: PERMISSION,
    setJobPermission: { permission: 'ALL' },
    createNotification: { url: 'bob@example.org', event: '*', associatedUuid: names['job'] },
    previewNotification: { url: 'bob@example.org', jobId: names['job'] },
    updateNotification: { url: 'bob@example.org' },
    createSystem: { ...REMOTE_SYSTEM, id: 'of.bob', name: 'mine' },
    updateSystem: { name: 'taken over' },
    actOnSystem: { action: 'disable' },
    setSystemQueue: { name: 'taken' },
    setSystemCredentials: {
      connection: 'storage',
      auth: { type: 'PASSWORD', username: 'bob', password: 'secret' },
    },
    grantSystemRole: { username: 'bob', role: 'OWNER' },
    setSystemRole: { role: 'OWNER' },
    createApp: { ...TEST_APP, name: 'of-bob' },
    updateApp: TEST_APP,
    actOnApp: { action: 'disable' },
    grantAppPermission: PERMISSION,
    setAppPermission: { permission: 'ALL' },
    uploadFile: { urlToIngest: 'https://hidden.example.org/file' },
    manageFile: { action: 'rename', path: 'taken' },
    grantFilePermission: PERMISSION,
    createMetadata: DOCUMENT,
    updateMetadata: DOCUMENT,
    grantMetadataPermission: PERMISSION,
    setMetadataPermission: { permission: 'ALL' },
    createSchema: SCHEMA,
    updateSchema: SCHEMA,
    grantSchemaPermission: PERMISSION,
    setSchemaPermission: { permission: 'ALL' },
    createPostit: { url: 'https://api.example.org/profiles/v2/me' },
    linkIdentity: { issuer: 'https://login.example.org', subject: 'u-1' },
    createToken: { name: 'mine' },
    authorizeDevice: { client_id: 'mine' },
    decideDeviceSignIn: { decision: 'APPROVE' },
    createClient: { clientName: 'mine' },
  };
  return bodies[id] ?? {};
}
