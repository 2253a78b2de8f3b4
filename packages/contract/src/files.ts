import { z } from 'zod';
import { linkSchema, linksSchema, timestampSchema } from './envelope.ts';
import { expected } from './expectation.ts';
import { fileEventIdSchema, fileIdSchema } from './ids.ts';
import { JOB_PERMISSIONS, type JobPermission, permissionSchema, WORLD } from './job-permissions.ts';
import { transferProgressSchema } from './jobs.ts';
import { bodyRules } from './parse-body.ts';
import { flag, line, text } from './scalars.ts';
import {
  DEFAULT_POLICY,
  notificationUrlSchema,
  type SubscriptionRequest,
  subscriptionRequestSchema,
} from './subscriptions.ts';

/** One file or directory of a listing (spec: systems-apps-files 3). */
export const fileEntrySchema = z.object({
  name: z.string().describe('Name of the entry; `.` for the directory that is listed itself.'),
  path: z.string().startsWith('/').describe("Relative to the system's rootDir, beginning with a slash."),
  lastModified: timestampSchema,
  length: z.int().describe('Bytes; -1 where the storage does not tell.'),
  permissions: z
    .enum(Object.keys(JOB_PERMISSIONS) as [JobPermission, ...JobPermission[]])
    .describe('What you may do with it.'),
  mimeType: z.string(),
  format: z.enum(['raw', 'folder']),
  type: z.enum(['file', 'dir']),
  system: z.string().describe('Id of the system.'),
  _links: linksSchema('self', 'system').extend({
    history: linkSchema.optional().describe('Only on the first entry of a listing.'),
    permissions: linkSchema.optional().describe('Only on the first entry of a listing.'),
  }),
});

/** One file or directory of a listing. */
export type FileEntry = z.infer<typeof fileEntrySchema>;

/** How far the content of a file is that was uploaded, imported or copied. */
export const FILE_STATUSES = ['STAGING_QUEUED', 'STAGING', 'STAGING_COMPLETED', 'STAGING_FAILED'] as const;

/** How far the content of a file is. */
export type FileStatus = (typeof FILE_STATUSES)[number];

/** Answer to everything that changes files. */
export const fileReceiptSchema = z.object({
  uuid: fileIdSchema.describe('Id of this path of this system, for subscriptions.'),
  name: z.string(),
  path: z.string().startsWith('/').describe("Relative to the system's rootDir, beginning with a slash."),
  systemId: z.string(),
  owner: z.string().describe('Who brought the content last.'),
  internalUsername: z.null(),
  lastModified: timestampSchema,
  source: z.string().nullable().describe('Where the content comes from.'),
  status: z
    .enum(FILE_STATUSES)
    .describe('STAGING_COMPLETED once the content is there; see the history until then.'),
  type: z.enum(['file', 'dir']),
  nativeFormat: z.enum(['raw', 'folder']),
  _links: linksSchema('self', 'system', 'profile', 'history', 'notifications'),
});

/** Answer to everything that changes files. */
export type FileReceipt = z.infer<typeof fileReceiptSchema>;

/** What can be done with a file or directory. */
export const FILE_ACTIONS = ['mkdir', 'rename', 'copy', 'move'] as const;

/** Something that can be done with a file or directory. */
export type FileAction = (typeof FILE_ACTIONS)[number];

/** Linux's PATH_MAX. */
const MAX_PATH = 4096;
/** Linux's NAME_MAX. */
const MAX_NAME = 255;

/** Body of an action. */
export const fileActionRequestSchema = z.object({
  action: line({ what: `an action, one of ${FILE_ACTIONS.join(', ')}`, max: 64 }).describe(
    `One of ${FILE_ACTIONS.join(', ')}.`,
  ),
  path: text({ what: 'a path', max: MAX_PATH })
    .refine((path) => path !== '', { error: expected('a path, not empty') })
    .optional()
    .describe(
      'mkdir: the directory to make, below the one of the address. rename: the new name. copy and move: the destination, with a leading slash relative to rootDir, else to homeDir; into it where it is a directory.',
    ),
});
bodyRules.add(fileActionRequestSchema, { aliases: { filePath: 'path', destination: 'path' }, anyCase: true });

/** Body of an action, parsed. */
export type FileActionRequest = z.output<typeof fileActionRequestSchema>;

/** Body of an import: the content is fetched in the background. */
export const fileIngestRequestSchema = z.object({
  urlToIngest: text({ what: 'the address of a file', max: MAX_PATH })
    .refine((url) => url !== '', { error: expected('the address of a file') })
    .describe(
      'http, https, ftp, ftps or agave:// (tapis://) address of a file; agave:// may name a directory.',
    ),
  fileName: text({ what: 'the name of a file', max: MAX_NAME })
    .optional()
    .describe('Name that the file gets. Default: the last part of the address.'),
  fileType: line({ what: 'a file type', max: 64 }).optional().describe('Accepted and ignored.'),
  notifications: z
    .array(subscriptionRequestSchema, {
      error: expected('a list of subscriptions, or one URL or e-mail address'),
    })
    .max(20, { error: 'expected at most 20 subscriptions; subscribe to * instead of each event' })
    .optional()
    .describe('Who is told about which events of the file. One URL or e-mail address means callbackUrl.'),
  callbackUrl: notificationUrlSchema
    .optional()
    .describe('Told once when the content is complete, or could not be fetched.'),
});
bodyRules.add(fileIngestRequestSchema, {
  aliases: { url: 'urlToIngest', callbackURL: 'callbackUrl' },
  anyCase: true,
  textMeans: { notifications: 'callbackUrl' },
});

/** The subscriptions that an import asks for; when both are given only `notifications` count, as with jobs. */
export function subscriptionsOfIngest({
  notifications,
  callbackUrl,
}: FileIngestRequest): readonly SubscriptionRequest[] {
  if (notifications !== undefined || callbackUrl === undefined) return notifications ?? [];
  const once = { url: callbackUrl, persistent: false, policy: DEFAULT_POLICY } as const;
  return [
    { ...once, event: 'STAGING_COMPLETED' },
    { ...once, event: 'STAGING_FAILED' },
  ];
}

/** Body of an import, parsed. */
export type FileIngestRequest = z.output<typeof fileIngestRequestSchema>;

/** The part of an upload that holds the content. */
export const UPLOAD_FIELD = 'fileToUpload';

/** A permission on a path for a user. */
export const filePermissionRequestSchema = z.object({
  username: line({ what: 'the name of a user', max: 32 }).describe(
    `Name of a user, or ${WORLD} for everybody who is signed in.`,
  ),
  permission: permissionSchema.describe('NONE takes the permission away.'),
  recursive: flag().default(false).describe('Also for everything below the directory, now and later.'),
});
bodyRules.add(filePermissionRequestSchema, { aliases: {}, anyCase: true });

/** What one user may do with a path. */
export const filePermissionSchema = z.object({
  username: z.string(),
  internalUsername: z.null(),
  permission: z.object({ read: z.boolean(), write: z.boolean(), execute: z.boolean() }),
  recursive: z.boolean(),
  _links: linksSchema('self', 'file', 'profile'),
});

/** What one user may do with a path. */
export type FilePermissionView = z.infer<typeof filePermissionSchema>;

/** One entry of a file's history, oldest first. */
export const fileHistoryEntrySchema = z.object({
  id: fileEventIdSchema,
  status: z.string().describe('The event.'),
  created: timestampSchema,
  createdBy: z.string(),
  description: z.string(),
  progress: transferProgressSchema.optional().describe('Only on entries about a transfer.'),
});

/** One entry of a file's history. */
export type FileHistoryEntry = z.infer<typeof fileHistoryEntrySchema>;
