import { z } from 'zod';
import { linksSchema } from './envelope.ts';
import { permissionSchema } from './job-permissions.ts';
import { bodyRules } from './parse-body.ts';
import { line } from './scalars.ts';

const granteeSchema = line({ what: 'the name of a user', max: 32 });

/** A permission on an app for a user. */
export const appPermissionRequestSchema = z.object({
  username: granteeSchema,
  permission: permissionSchema.describe('NONE takes the permission away.'),
});
bodyRules.add(appPermissionRequestSchema, { aliases: {}, anyCase: true });

/** A permission on an app for the user of the address. */
export const userAppPermissionRequestSchema = z.object({
  username: granteeSchema.optional().describe('Nothing, or the user of the address.'),
  permission: permissionSchema.describe('NONE takes the permission away.'),
});
bodyRules.add(userAppPermissionRequestSchema, { aliases: {}, anyCase: true });

/** What one user may do with an app: see it (read), change and share it (write), run it (execute). */
export const appPermissionSchema = z.object({
  username: z.string(),
  permission: z.object({ read: z.boolean(), write: z.boolean(), execute: z.boolean() }),
  _links: linksSchema('self', 'app', 'profile'),
});

/** What one user may do with an app. */
export type AppPermissionView = z.infer<typeof appPermissionSchema>;
