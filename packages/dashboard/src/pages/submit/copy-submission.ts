import { quoteShell } from '../../ui/quote-shell.ts';
import type { Draft } from './request-edits.ts';

/** A submission three ways. The token is a variable, never in the text. */
export function copySubmission(draft: Draft, origin: string) {
  const json = JSON.stringify(draft);
  const indented = JSON.stringify(draft, null, 2);
  return {
    // Line ends inside JSON are escaped: no line of it can be the word that ends the document.
    cli: `arras jobs submit -F - <<'END'\n${indented}\nEND`,
    curl: [
      'curl --header "Authorization: Bearer $TOKEN"',
      "--header 'Content-Type: application/json'",
      `--data ${quoteShell(json)}`,
      quoteShell(`${origin}/jobs/v2`),
    ].join(' '),
    typescript: [
      `import { createClient } from '@arras/client';`,
      '',
      `const client = createClient({ url: '${origin}', token: process.env.ARRAS_TOKEN });`,
      `const job = await client.jobs.submit(${indented});`,
    ].join('\n'),
  };
}
