import { z } from 'zod';
import { timestampSchema } from './envelope.ts';
import { line } from './scalars.ts';

/** Somebody whom an OpenID provider knows, as given. */
export const identityRequestSchema = z.object({
  issuer: line({
    what: 'the address of an OpenID provider',
    max: 1024,
    pattern: /^https?:\/\/[^\s]+$/,
    hint: 'as it stands in its tokens, such as https://login.example.org',
  })
    .optional()
    .describe(
      'As it stands in the tokens of the provider, to the letter. Default: the provider of this service.',
    ),
  subject: line({ what: 'the subject of somebody at the provider', max: 255 }).describe(
    'The claim sub of their tokens, to the letter.',
  ),
});

/** Somebody whom an OpenID provider knows, parsed. */
export type IdentityRequest = z.output<typeof identityRequestSchema>;

/** An identity at an OpenID provider that signs in to an account. */
export const identitySchema = z.object({
  username: z.string(),
  issuer: z.string(),
  subject: z.string(),
  linkedBy: z
    .string()
    .nullable()
    .describe('The administrator who joined it; null: the provider brought the account.'),
  linked: timestampSchema.nullable(),
});

/** An identity that signs in to an account. */
export type IdentityView = z.infer<typeof identitySchema>;

/** Who joined or parted account and identity, and when. */
export const identityChangeSchema = z.object({
  action: z.enum(['LINKED', 'UNLINKED']),
  username: z.string(),
  issuer: z.string(),
  subject: z.string(),
  createdBy: z.string().describe('The administrator.'),
  created: timestampSchema,
});

/** Who joined or parted account and identity, and when. */
export type IdentityChangeView = z.infer<typeof identityChangeSchema>;
