import { z } from 'zod';
import { linksSchema } from './envelope.ts';
import { flag, line, secret, word } from './scalars.ts';

/** Names that mean something else: the caller, everybody. */
const RESERVED_NAMES: readonly string[] = ['me', 'world', 'public'];

/** A user's name: it is part of paths on disks, so it is plain and at most 32 characters (spec: jobs 2.1). */
export const usernameSchema = line({
  what: 'the name of a user',
  max: 32,
  pattern: /^[a-z0-9_][a-z0-9_.-]*$/,
  hint: 'of lower-case letters, digits and . _ -, beginning with a letter, a digit or _',
}).refine((name) => !RESERVED_NAMES.includes(name), { error: 'is reserved; choose another name' });

const emailSchema = line({
  what: 'one e-mail address',
  max: 254,
  pattern: /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$/,
  hint: 'such as ada@example.org',
});

const phoneSchema = line({
  what: 'a telephone number',
  max: 32,
  pattern: /^[0-9+(][0-9 ()./x+-]*$/,
  hint: 'of digits, blanks and + ( ) . / -',
});

const passwordSchema = secret({ what: 'a password', min: 8, max: 1024 });

/** A new user as given. */
export const profileRequestSchema = z.object({
  username: usernameSchema,
  password: passwordSchema.optional(),
  email: emailSchema,
  first_name: line({ what: 'a first name', max: 64 }).optional(),
  last_name: line({ what: 'a last name', max: 64 }).optional(),
  phone: phoneSchema.optional(),
  mobile_phone: phoneSchema.optional(),
  admin: flag().default(false),
});

/** A new user, parsed. */
export type ProfileRequest = z.output<typeof profileRequestSchema>;

/** Changes of a user: what is left out stays, and a blank text takes away what can be without a value. */
export const profileUpdateSchema = z.object({
  email: emailSchema.optional(),
  first_name: line({ what: 'a first name', max: 64 }).optional(),
  last_name: line({ what: 'a last name', max: 64 }).optional(),
  phone: phoneSchema.optional(),
  mobile_phone: phoneSchema.optional(),
  password: passwordSchema
    .optional()
    .describe(
      'The new password. Ends all sessions and what programs were granted, but neither the tokens nor the clients that the user made.',
    ),
  current_password: secret({ what: 'your password', max: 1024 })
    .optional()
    .describe('Needed with password, unless an administrator sets that of somebody else.'),
  status: word(['ACTIVE', 'DISABLED'])
    .optional()
    .describe('ACTIVE enables a disabled user; for administrators. Users are disabled with DELETE.'),
  admin: flag().optional().describe('For administrators, of other users.'),
});

/** Changes of a user, parsed. */
export type ProfileUpdate = z.output<typeof profileUpdateSchema>;

/** A user as shown (spec: systems-apps-files 3, "Related"). */
export const profileSchema = z.object({
  uid: z.string(),
  username: z.string(),
  email: z.string().nullable(),
  first_name: z.string().nullable(),
  last_name: z.string().nullable(),
  full_name: z.string().nullable(),
  phone: z.string().nullable(),
  mobile_phone: z.string().nullable(),
  status: z.enum(['ACTIVE', 'DISABLED']),
  admin: z.boolean(),
  _links: linksSchema('self'),
});

/** A user as shown. */
export type ProfileView = z.infer<typeof profileSchema>;
