import { z } from 'zod';
import { describeValue } from './expectation.ts';
import type { Route } from './route.ts';
import { ROUTE_TAGS, type ScopeArea } from './route-tags.ts';
import { refuse, wireShapes } from './scalars.ts';

/** What a token may be limited to: to look at an area, or also to change it. */
export type Scope = `${ScopeArea}:${'read' | 'write'}`;

/** Every area, in the order of the reference. */
export const SCOPE_AREAS: readonly ScopeArea[] = [
  ...new Set(Object.values(ROUTE_TAGS).filter((area) => area !== null)),
];

/** Every scope. */
export const SCOPES: readonly Scope[] = SCOPE_AREAS.flatMap((area) => [
  `${area}:read` as const,
  `${area}:write` as const,
]);

/** The scope that a token must have for a route; null where every token will do. */
export function neededScope({ tag, method, access, scope }: Route): Scope | null {
  const area = ROUTE_TAGS[tag];
  if (access === 'public' || area === null || scope === null) return null;
  return `${area}:${scope ?? (method === 'GET' ? 'read' : 'write')}`;
}

/** Whether scopes hold one that is asked for: to write includes to read. Null: a token without limits. */
export function holdsScope(held: readonly Scope[] | null, needed: Scope): boolean {
  if (held === null || held.includes(needed)) return true;
  return held.some((scope) => scope === needed.replace(/:read$/, ':write'));
}

/** The scopes of a request. A form sends them as one text, divided by commas or blanks. */
export function scopes() {
  const schema = z
    .union([z.string(), z.array(z.string())], { error: `expected a list of ${SCOPES.join(', ')}` })
    .transform((given, context): readonly Scope[] => {
      const names = typeof given === 'string' ? given.split(/[\s,]+/) : given;
      const found = names.map((name) => SCOPES.find((scope) => scope === name.trim().toLowerCase()));
      const known = found.filter((scope) => scope !== undefined);
      if (known.length > 0 && known.length === names.length) return [...new Set(known)].toSorted();
      const wrong = names[found.indexOf(undefined)] ?? given;
      return refuse(context, `expected a list of ${SCOPES.join(', ')}, got ${describeValue(wrong)}`);
    });
  wireShapes.add(schema, { type: 'array', items: { type: 'string', enum: [...SCOPES] }, minItems: 1 });
  return schema;
}

/** Scopes as shown; null: everything that the user may do. */
export const shownScopesSchema = z
  .array(z.enum(SCOPES as [Scope, ...Scope[]]))
  .nullable()
  .describe('What the token may be used for; null: everything that its user may do.');
