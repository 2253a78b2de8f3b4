/** A value of a query; undefined ones are left out. */
export type QueryValue = string | number | boolean | readonly string[] | undefined;

/**
 * The address of an operation: its template with the parameters put in, each encoded, and the query. The parameter
 * named `path` spans slashes. A parameter at the end that is not given takes the slash before it along.
 */
export function renderAddress(
  template: string,
  params: Readonly<Record<string, string | undefined>> = {},
  query: Readonly<Record<string, QueryValue>> = {},
): string {
  const path = template.replaceAll(/\/?\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name] ?? '';
    const slash = whole.startsWith('/') ? '/' : '';
    if (value === '') return '';
    return (
      slash +
      (name === 'path' ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value))
    );
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}
