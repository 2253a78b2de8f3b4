import { posix } from 'node:path';
import { Marked, type Tokens } from 'marked';

/** A document of `docs/` as the help shows it. */
export interface HelpDocument {
  /** As in its address, such as `guides/data`. */
  readonly path: string;
  readonly title: string;
  readonly html: string;
}

/** Where a document is shown. */
const HOME = '/ui/help/';

/**
 * A document of ours as HTML for the help. Links between documents lead to the help, links to other files of the
 * repository, which nobody has there, are their text alone; raw HTML is dropped, and nothing needs another origin.
 */
export function renderHelp(path: string, markdown: string, known: ReadonlySet<string>): HelpDocument {
  const slugs = new Map<string, number>();
  let tables = 0;
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: () => '',
      image: ({ text }) => escape(text),
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${slugOf(text, slugs)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        const target = targetOf(href, path, known);
        if (target === null) return text;
        const isAway = /^https?:/.test(target);
        return `<a href="${escape(target)}"${isAway ? ' target="_blank" rel="noopener noreferrer"' : ''}>${text}</a>`;
      },
      // What is wider than a narrow screen scrolls, which has to work without a mouse.
      code: ({ text }) => `<pre tabindex="0"><code>${escape(text)}\n</code></pre>\n`,
      table(token: Tokens.Table) {
        tables += 1;
        const row = (cells: readonly Tokens.TableCell[], tag: string) =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag.split(' ')[0]}>`).join('')}</tr>`;
        const head = row(token.header, 'th scope="col"');
        const body = token.rows.map((cells) => row(cells, 'td')).join('');
        return `<div class="help-table" role="region" aria-label="Table ${tables}" tabindex="0"><table><thead>${head}</thead><tbody>${body}</tbody></table></div>\n`;
      },
    },
  });
  const html = marked.parse(markdown, { async: false });
  const title = /^# +(.+)$/m.exec(markdown)?.[1]?.replaceAll(/[`*]/g, '') ?? path;
  return { path, title, html };
}

/** Where a link leads; null for what the help does not have. */
function targetOf(href: string, from: string, known: ReadonlySet<string>): string | null {
  if (/^(https?:|mailto:|#)/.test(href)) return href;
  if (/^[a-z]+:/i.test(href)) return null;
  const [file = '', fragment] = href.split('#');
  const path = posix.normalize(posix.join(posix.dirname(from), file)).replace(/\.md$/, '');
  if (!known.has(path)) return null;
  return `${HOME}${path}${fragment === undefined ? '' : `#${fragment}`}`;
}

/** As GitHub makes them, so that the same links work in both places. */
function slugOf(text: string, seen: Map<string, number>): string {
  const slug = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
  const count = seen.get(slug) ?? 0;
  seen.set(slug, count + 1);
  return count === 0 ? slug : `${slug}-${count}`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
