import { type JobId, jobIdSchema, TAPIS_TENANT } from '@arras/contract';

/** What a channel is about: a job of a user, all of the user's jobs, or all jobs there are. */
export interface ChannelName {
  /** As the client wrote it, which is also how it is named in messages. */
  readonly name: string;
  /** {@link EVERYBODY}: all of them. */
  readonly owner: string;
  readonly jobId: JobId | null;
}

/** In the place of a user: no user has this name. */
export const EVERYBODY = '*';

// Samples: `/agave.prod/ada/001795506098707000-b4d31dfa-94c6-007`, `/arras/ada`, `/arras/*`
const CHANNEL = /^\/([^/]{1,128})\/([^/]{1,128})(?:\/([^/]{1,64}))?$/;

/**
 * Reads the name of a channel (the guide, "Websockets"; DECISIONS, "Realtime channels"). `unknown-tenant`: the first
 * part is neither this deployment's name nor the one that every deployment answers to. Null: no name of a channel.
 */
export function parseChannelName(name: string, tenant: string): ChannelName | 'unknown-tenant' | null {
  const [, first, owner, job] = CHANNEL.exec(name) ?? [];
  if (first === undefined || owner === undefined) return null;
  if (first !== tenant && first !== TAPIS_TENANT) return 'unknown-tenant';
  if (job === undefined) return { name, owner, jobId: null };
  const id = jobIdSchema.safeParse(job);
  return id.success ? { name, owner, jobId: id.data } : null;
}
