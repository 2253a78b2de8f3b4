import type { Session } from '../session.ts';

/** Commands as they are typed where this program was installed. */
export interface TypedCommands {
  readonly arras: string;
  readonly demo: string;
  readonly serve: string;
  /** What to read next, and what that shows. */
  readonly guides: readonly (readonly [place: string, what: string])[];
}

const IN_A_CHECKOUT: TypedCommands = {
  arras: 'npm run arras --',
  demo: 'npm run demo --',
  serve: 'npm start',
  guides: [
    ['docs/guides/first-job.md', 'the same steps by hand, with curl too'],
    ['docs/guides/notifications.md', 'webhooks and mails for your own programs'],
  ],
};

/** What to type here: npm's scripts in a checkout, where alone TypeScript runs as it is, or the installed program. */
export function findTypedCommands({ program, env }: Pick<Session, 'program' | 'env'>): TypedCommands {
  if (import.meta.filename.endsWith('.ts')) return IN_A_CHECKOUT;
  // Below a project of somebody the program is on nobody's path but that of npx.
  const arras = env['npm_command'] === 'exec' ? `npx ${program}` : program;
  return {
    arras,
    demo: `${arras} demo`,
    serve: `${arras} serve`,
    guides: [['/ui/help', 'all guides, at the address of the service']],
  };
}
