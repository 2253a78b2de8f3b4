import { z } from 'zod';
import {
  fileActionRequestSchema,
  fileEntrySchema,
  fileHistoryEntrySchema,
  fileIngestRequestSchema,
  filePermissionRequestSchema,
  filePermissionSchema,
  fileReceiptSchema,
} from './files.ts';
import { pageQuerySchema, queryFlagSchema, querySwitchSchema, queryTextSchema } from './listing.ts';
import { rangeHeadersSchema } from './range-headers.ts';
import type { Route } from './route.ts';

const pathText = z
  .string()
  .describe(
    "Relative to the system's homeDir. An absolute path keeps its slash, so that two follow each other: it is relative to rootDir.",
  );

const params = z.object({
  systemId: z.string().max(64).optional().describe('Id of the system. Default: your default storage system.'),
  path: pathText.optional(),
});

/** The forms of one address: with and without a system, with and without a path. */
function addresses<const Service extends string>(service: Service) {
  return {
    path: `/files/v2/${service}/system/{systemId}/{path}`,
    aliases: [
      `/files/v2/${service}/system/{systemId}`,
      `/files/v2/${service}/{path}`,
      `/files/v2/${service}`,
    ],
  } as const;
}

const reading = [
  'file.not-found',
  'file.not-permitted',
  'system.not-found',
  'file.bad-path',
  'file.unsupported',
  'system.unavailable',
  'system.unreachable',
] as const;

const writing = [...reading, 'file.not-a-directory', 'file.exists', 'conflict', 'storage.full'] as const;

/** Operations on files (spec: systems-apps-files 3). */
export const FILE_ROUTES = {
  listFiles: {
    method: 'GET',
    ...addresses('listings'),
    tag: 'Files',
    summary: 'List a directory',
    description:
      'The directory itself first, under the name `.`, then its entries by name; of a file the file alone. With `recursive` everything below, parents before their children. Links and special files are left out, and so is what you may not see.',
    access: 'user',
    params,
    query: pageQuerySchema.extend({
      recursive: querySwitchSchema.describe('Also list what is in the directories below.'),
    }),
    success: { status: 200, schema: z.array(fileEntrySchema) },
    errors: reading,
  },
  downloadFile: {
    method: 'GET',
    ...addresses('media'),
    tag: 'Files',
    summary: 'Download a file',
    description:
      'The bytes of the file, or of the first range of the Range header. A directory only with `zip`, as an archive.',
    access: 'user',
    params,
    query: z.object({
      force: queryFlagSchema.describe('Answer as an attachment with a file name.'),
      zip: querySwitchSchema.describe('Answer with a zip archive of the directory, made while it is sent.'),
    }),
    headers: rangeHeadersSchema,
    head: true,
    bare: true,
    success: { status: 200, schema: 'bytes' },
    alternatives: [{ status: 206, schema: 'bytes', when: 'a range was asked for' }],
    errors: [
      ...reading,
      'file.is-a-directory',
      'zip.too-large',
      'range.not-satisfiable',
      'internal.error',
      'database.unavailable',
    ],
  },
  uploadFile: {
    method: 'POST',
    ...addresses('media'),
    tag: 'Files',
    summary: 'Upload or import a file into a directory',
    description:
      'With a multipart body: `fileToUpload` is stored under its own name or the one of the field `fileName`, and is there once this is answered. With JSON or a form: the address `urlToIngest` is fetched in the background; the history of the file says how far that is. Missing directories are made, a file of the name is replaced.',
    access: 'user',
    params,
    body: fileIngestRequestSchema,
    form: true,
    upload: true,
    success: { status: 202, schema: fileReceiptSchema },
    errors: [...writing, 'input.not-permitted'],
  },
  manageFile: {
    method: 'PUT',
    ...addresses('media'),
    tag: 'Files',
    summary: 'Make, rename, copy or move',
    description:
      'What is moved or copied to a place where a file is replaces it; a directory is not replaced. A copy that takes long goes on in the background: 202, and the history of the destination says when it is complete.',
    access: 'user',
    params,
    body: fileActionRequestSchema,
    form: true,
    success: { status: 200, schema: fileReceiptSchema },
    alternatives: [
      { status: 201, schema: fileReceiptSchema, when: 'a directory was made' },
      { status: 202, schema: fileReceiptSchema, when: 'a copy goes on in the background' },
    ],
    errors: [...writing, 'file.action-unknown'],
  },
  deleteFile: {
    method: 'DELETE',
    ...addresses('media'),
    tag: 'Files',
    summary: 'Delete a file or a directory with all that is in it',
    description: 'rootDir, homeDir and the directories above it cannot be deleted.',
    access: 'user',
    params,
    success: { status: 200, schema: null },
    errors: reading,
  },
  listFileHistory: {
    method: 'GET',
    ...addresses('history'),
    tag: 'Files',
    summary: 'List what happened to a file',
    description:
      'What was done through this service, oldest first; also of a path that is no more. It is kept for a year after the last entry.',
    access: 'user',
    params,
    query: pageQuerySchema,
    success: { status: 200, schema: z.array(fileHistoryEntrySchema) },
    errors: reading,
  },
  listFilePermissions: {
    method: 'GET',
    ...addresses('pems'),
    tag: 'Files',
    summary: 'List who may use a file or directory',
    description:
      'The owner of the system and the user whose directory it is in first, then what was granted for this path and, recursively, for directories above.',
    access: 'user',
    params,
    query: pageQuerySchema.extend({
      username: queryTextSchema.describe('Only of this user.'),
      'username.eq': queryTextSchema.describe('Another name of username.'),
    }),
    success: { status: 200, schema: z.array(filePermissionSchema) },
    errors: reading,
  },
  grantFilePermission: {
    method: 'POST',
    ...addresses('pems'),
    tag: 'Files',
    summary: 'Let a user read or change a file or directory',
    description:
      'Replaces what was granted to the user for this path. READ shows and downloads, WRITE changes; NONE takes everything away. Only for users who may see the system.',
    access: 'user',
    params,
    body: filePermissionRequestSchema,
    form: true,
    success: { status: 201, schema: z.array(filePermissionSchema) },
    errors: [...reading, 'profile.not-found'],
  },
  revokeFilePermissions: {
    method: 'DELETE',
    ...addresses('pems'),
    tag: 'Files',
    summary: 'Take away all that was granted for a file or directory',
    description: 'What was granted for directories above stays.',
    access: 'user',
    params,
    success: { status: 200, schema: null },
    errors: reading,
  },
} as const satisfies Record<string, Route>;
