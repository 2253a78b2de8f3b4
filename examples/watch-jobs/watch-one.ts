import { createClient } from '@arras/client';

const client = createClient({
  url: process.env['ARRAS_URL'] ?? 'http://127.0.0.1:8383',
  token: process.env['ARRAS_TOKEN'],
});

const { id } = await client.jobs.submit({
  name: 'Words of the Declaration',
  appId: 'word-frequency-1.0',
  inputs: { text: 'agave://demo-storage//texts/declaration-of-independence.txt' },
  parameters: { count: 3, min_length: 5 },
});

for await (const event of client.jobs.watch(id)) {
  console.log(`${event.seq} ${event.created} ${event.name} ${event.description ?? ''}`);
}

const { stream } = await client.jobs.outputs.download(id, 'most-frequent.tsv');
console.log(await new Response(stream).text());
