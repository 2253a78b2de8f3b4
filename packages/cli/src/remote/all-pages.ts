const PAGE = 250;

/** All entries of a listing, page by page. */
export async function readAllPages<Entry>(
  read: (page: { readonly limit: number; readonly offset: number }) => Promise<readonly Entry[]>,
): Promise<Entry[]> {
  const all: Entry[] = [];
  for (;;) {
    const page = await read({ limit: PAGE, offset: all.length });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}
