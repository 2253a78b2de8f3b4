import { ApiError, type FieldProblem, isRecord, type SchemaId } from '@arras/contract';
import { type DocumentRow, findViewedDocument } from '../../database/documents.ts';
import type { Viewer } from '../../database/systems.ts';
import { findSchemaProblems } from '../../domain/json-schema/check-schema.ts';
import { judgeDocument } from '../../domain/json-schema/judge-document.ts';
import { findPatternProblem, findsMatch } from '../../domain/validator.ts';
import type { HttpContext } from '../context.ts';

/** Refuses a schema by which no document could be judged. Throws ApiError. */
export function refuseUnusableSchema(stored: unknown): void {
  const { schema, place } = unwrap(stored);
  const problems = findSchemaProblems(schema, findPatternProblem).map(({ field, message }) => ({
    field: [place, field].filter((part) => part !== '').join('.'),
    message,
  }));
  if (problems.length > 0) throw new ApiError('request.invalid', { problems });
}

/** A document that is to be stored; what is left out stays as it is. */
interface ChangedDocument {
  readonly value?: unknown;
  readonly schemaId?: SchemaId | null | undefined;
}

/**
 * Refuses a value that does not follow the schema of its document, whichever of the two is new. A schema that is gone judges
 * nothing any more. Throws ApiError.
 */
export async function followSchema(
  { db }: HttpContext,
  viewer: Viewer,
  changed: ChangedDocument,
  known: DocumentRow | null,
): Promise<void> {
  const schemaId = changed.schemaId === undefined ? (known?.schema_id ?? null) : changed.schemaId;
  const isSame = changed.value === undefined && schemaId === known?.schema_id;
  if (schemaId === null || isSame) return;
  // Also when somebody else chose it, whose schema the viewer may not see: the document follows it.
  const stored = await findViewedDocument(db, { ...viewer, isAdmin: true }, schemaId);
  if (stored === null) return;
  const value = changed.value === undefined ? known?.value : changed.value;
  const problems = judge(stored.value, value);
  if (problems.length === 0) return;
  const seen = await findViewedDocument(db, viewer, schemaId);
  throw new ApiError('request.invalid', { problems: seen?.may.read === true ? problems : HIDDEN });
}

/** Messages repeat parts of the schema. */
const HIDDEN: readonly FieldProblem[] = [
  { field: 'value', message: 'does not follow the schema of the document, which is not shared with you' },
];

function judge(stored: unknown, value: unknown): readonly FieldProblem[] {
  const { schema } = unwrap(stored);
  const [unusable] = findSchemaProblems(schema, findPatternProblem);
  if (unusable !== undefined) {
    const message = `names a schema by which nothing can be judged: ${unusable.field} ${unusable.message}`;
    return [{ field: 'schemaId', message }];
  }
  const verdict = judgeDocument(schema, { field: 'value', value }, { findsMatch });
  switch (verdict.kind) {
    case 'follows':
      return [];
    case 'differs':
      return verdict.problems;
    case 'too-much':
      return [{ field: 'value', message: 'takes its schema too much work; make either of them smaller' }];
  }
}

/** Some clients send `{"schema": {…}}`, with or without the owner, and mean what is in it. */
function unwrap(stored: unknown): { readonly schema: unknown; readonly place: string } {
  const isWrapped =
    isRecord(stored) &&
    isRecord(stored['schema']) &&
    Object.keys(stored).every((name) => name === 'schema' || name === 'owner');
  return isWrapped ? { schema: stored['schema'], place: 'schema' } : { schema: stored, place: '' };
}
