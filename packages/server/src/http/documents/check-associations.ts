import { ApiError, type FieldProblem, type SchemaId } from '@arras/contract';
import { type DocumentRow, findViewedDocument } from '../../database/documents.ts';
import type { Viewer } from '../../database/systems.ts';
import type { HttpContext } from '../context.ts';
import { findResource } from '../resources/find-resource.ts';

/**
 * Refuses uuids of what the viewer cannot see: a document must not be a way to find out what there is, nor to put
 * something beside the resources of strangers. Those that the document had before stay, even when the resource is gone.
 * Throws ApiError.
 */
export async function checkAssociations(
  context: HttpContext,
  viewer: Viewer,
  given: {
    readonly associationIds?: readonly string[] | undefined;
    readonly schemaId?: SchemaId | null | undefined;
  },
  known: DocumentRow | null,
): Promise<void> {
  const problems: FieldProblem[] = [];
  for (const [index, uuid] of (given.associationIds ?? []).entries()) {
    if (known?.association_ids.includes(uuid)) continue;
    if ((await findResource(context, viewer, uuid)) === null)
      problems.push({
        field: `associationIds.${index}`,
        message: 'no resource with this uuid is visible to you',
      });
  }
  const { schemaId = null } = given;
  if (schemaId !== null && schemaId !== known?.schema_id) {
    const schema = await findViewedDocument(context.db, viewer, schemaId);
    if (schema?.may.read !== true)
      problems.push({ field: 'schemaId', message: 'no schema with this uuid is visible to you' });
  }
  if (problems.length > 0) throw new ApiError('request.invalid', { problems });
}
