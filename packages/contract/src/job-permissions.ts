import { z } from 'zod';
import { linksSchema } from './envelope.ts';
import { describeValue, expected } from './expectation.ts';
import { bodyRules } from './parse-body.ts';
import { line, refuse, wireShapes } from './scalars.ts';

/** Everybody who is signed in, in the place of a user's name. */
export const WORLD = 'world';

/** The permissions on a job and what each lets its holder do (spec: jobs 8). */
export const JOB_PERMISSIONS = {
  NONE: { read: false, write: false, execute: false },
  READ: { read: true, write: false, execute: false },
  WRITE: { read: false, write: true, execute: false },
  EXECUTE: { read: false, write: false, execute: true },
  READ_WRITE: { read: true, write: true, execute: false },
  READ_EXECUTE: { read: true, write: false, execute: true },
  WRITE_EXECUTE: { read: false, write: true, execute: true },
  ALL: { read: true, write: true, execute: true },
} as const;

/** A permission on a job. */
export type JobPermission = keyof typeof JOB_PERMISSIONS;

const WORDS = Object.keys(JOB_PERMISSIONS) as readonly JobPermission[];
const WHAT = `one of ${WORDS.join(', ')}`;

/** A word of {@link JOB_PERMISSIONS} in any case, with or without `_PERMISSION`; null and a blank text take the permission away. */
export const permissionSchema = z
  .union([z.string(), z.null()], { error: expected(WHAT) })
  .transform((value, context): JobPermission | '' => {
    if (value === null) return 'NONE';
    const wanted = value
      .trim()
      .toUpperCase()
      .replace(/_PERMISSION$/, '');
    if (wanted === '') return '';
    return (
      WORDS.find((word) => word === wanted) ??
      refuse(context, `expected ${WHAT}, got ${describeValue(value)}`)
    );
  });
wireShapes.add(permissionSchema, { type: 'string', enum: [...WORDS] });

const granteeSchema = line({ what: 'the name of a user', max: 32 });

/** A permission for a user. */
export const jobPermissionRequestSchema = z.object({
  username: granteeSchema.describe(`Name of a user, or ${WORLD} for everybody who is signed in.`),
  permission: permissionSchema.describe('NONE takes the permission away.'),
});
bodyRules.add(jobPermissionRequestSchema, { aliases: {}, anyCase: true });

/** A permission for the user of the address. */
export const userJobPermissionRequestSchema = z.object({
  username: granteeSchema.optional().describe('Nothing, or the user of the address.'),
  permission: permissionSchema.describe('NONE takes the permission away.'),
});
bodyRules.add(userJobPermissionRequestSchema, { aliases: {}, anyCase: true });

/** What one user may do with a job. */
export const jobPermissionSchema = z.object({
  username: z.string(),
  internalUsername: z.null(),
  permission: z.object({ read: z.boolean(), write: z.boolean(), execute: z.boolean() }),
  _links: linksSchema('self', 'parent', 'profile'),
});

/** What one user may do with a job. */
export type JobPermissionView = z.infer<typeof jobPermissionSchema>;
