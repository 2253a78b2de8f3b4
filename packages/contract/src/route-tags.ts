/**
 * The groups of operations in the reference, each with the area that its scopes name; null: no operation of the group
 * asks who calls by a token that could be limited.
 */
export const ROUTE_TAGS = {
  Jobs: 'jobs',
  Streams: 'jobs',
  Notifications: 'notifications',
  Systems: 'systems',
  Operators: 'systems',
  Apps: 'apps',
  Files: 'files',
  Metadata: 'metadata',
  Postits: 'postits',
  Profiles: 'profiles',
  Tokens: 'tokens',
  Sessions: null,
  Uuids: 'uuids',
  Clients: null,
  Service: null,
} as const satisfies Record<string, string | null>;

/** A group of operations. */
export type RouteTag = keyof typeof ROUTE_TAGS;

/** What scopes speak of. */
export type ScopeArea = Exclude<(typeof ROUTE_TAGS)[RouteTag], null>;
