import type { ViewContext } from '../../events/view-context.ts';

type Base = Pick<ViewContext, 'publicUrl'>;

/** A link to an address of this service; each part is encoded. */
export function linkTo({ publicUrl }: Base, ...parts: readonly string[]): { href: string } {
  return { href: [publicUrl(), ...parts.map(encodeURIComponent)].join('/') };
}

/** The link to the metadata of a resource. */
export function metadataLink({ publicUrl }: Base, uuid: string): { href: string } {
  return {
    href: `${publicUrl()}/meta/v2/data/?q=${encodeURIComponent(JSON.stringify({ associationIds: uuid }))}`,
  };
}
