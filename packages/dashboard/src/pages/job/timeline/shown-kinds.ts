import { ITEM_KINDS, type ItemKind } from './timeline-item.ts';

/** The kinds that an address asks for, such as `status,delivery`; all where it asks for none that we know. */
export function parseKinds(text: string | null): readonly ItemKind[] {
  const wanted = (text ?? '').split(',');
  const kinds = ITEM_KINDS.filter((kind) => wanted.includes(kind));
  return kinds.length === 0 ? ITEM_KINDS : kinds;
}

/** The other way round; null for all, which needs no words. */
export function renderKinds(kinds: readonly ItemKind[]): string | null {
  const isAll = ITEM_KINDS.every((kind) => kinds.includes(kind));
  return isAll || kinds.length === 0 ? null : ITEM_KINDS.filter((kind) => kinds.includes(kind)).join(',');
}

/** With a kind that was not shown, or without one that was. From all, the first choice leaves it alone. */
export function toggleKind(shown: readonly ItemKind[], kind: ItemKind): readonly ItemKind[] {
  if (shown.length === ITEM_KINDS.length) return [kind];
  return shown.includes(kind) ? shown.filter((each) => each !== kind) : [...shown, kind];
}
