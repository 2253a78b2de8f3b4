import { createClient, WaitTimeout } from '@arras/client';

const client = createClient({
  url: process.env['ARRAS_URL'] ?? 'http://127.0.0.1:8383',
  token: process.env['ARRAS_TOKEN'],
});

/** One job for each length of words. */
const jobs = await Promise.all(
  [3, 6, 9].map((min_length) =>
    client.jobs.submit({
      name: `Words of ${min_length} letters and more`,
      appId: 'word-frequency-1.0',
      inputs: { text: 'agave://demo-storage//texts/gettysburg-address.txt' },
      parameters: { count: 1, min_length },
    }),
  ),
);

try {
  const outcomes = await client.jobs.wait(
    jobs.map(({ id }) => id),
    {
      timeoutMs: 10 * 60_000,
      onConnection: (state) => {
        if (state.kind === 'lost') console.error(`${state.failure.message}; again in ${state.retryInMs} ms`);
      },
    },
  );
  for (const [index, { id, status }] of outcomes.entries()) {
    const { stream } = await client.jobs.outputs.download(id, 'most-frequent.tsv');
    console.log(`${jobs[index]?.name}: ${status}, ${await new Response(stream).text()}`);
  }
} catch (error) {
  if (!(error instanceof WaitTimeout)) throw error;
  console.error('not yet:', error.jobs);
}
