/** More are not kept: the oldest star goes first. */
const MOST = 200;

/** The ids of starred jobs from the text that a browser kept; none for a text that is not ours. */
export function parseStars(text: string | null): readonly string[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string').slice(-MOST) : [];
  } catch {
    return [];
  }
}

/** With a star where there was none, and without one where there was. */
export function toggleStar(stars: readonly string[], id: string): readonly string[] {
  return stars.includes(id) ? stars.filter((each) => each !== id) : [...stars, id].slice(-MOST);
}
