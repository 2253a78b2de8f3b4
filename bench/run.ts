import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchCluster } from './cluster.ts';
import { benchClusterWatch } from './cluster-watch.ts';
import { benchDeliveries } from './deliveries.ts';
import { benchJobs } from './jobs.ts';
import { benchLists } from './lists.ts';
import { type Measurement, ratioOf } from './measurement.ts';
import { benchMemory } from './memory.ts';
import { benchPolling } from './polling.ts';
import { benchStreams } from './streams.ts';
import { benchTail } from './tail.ts';
import { benchToken } from './token.ts';
import { benchTransfer } from './transfer.ts';

// npm run bench             every benchmark; the results go to bench/results/
// npm run bench -- jobs     the named ones; nothing is written

const BENCHMARKS: Readonly<Record<string, () => Promise<readonly Measurement[]>>> = {
  cluster: benchCluster,
  'cluster-watch': benchClusterWatch,
  deliveries: benchDeliveries,
  jobs: benchJobs,
  polling: benchPolling,
  lists: benchLists,
  memory: benchMemory,
  streams: benchStreams,
  tail: benchTail,
  token: benchToken,
  transfer: benchTransfer,
};

const chosen = process.argv.slice(2);
const results: Record<string, readonly Measurement[]> = {};
for (const [name, bench] of Object.entries(BENCHMARKS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const measured = await bench();
  results[name] = measured;
  for (const measurement of measured) console.log(render(name, measurement));
}
if (chosen.length === 0) await keep(results);

function render(bench: string, measurement: Measurement): string {
  const { name, value, unit, baseline, aim } = measurement;
  const ratio = ratioOf(measurement);
  const compared =
    baseline === null ? '' : `; ${baseline.name}: ${baseline.value.toFixed(1)}; ratio ${ratio?.toFixed(2)}`;
  return `${bench}: ${name}: ${value.toFixed(1)} ${unit}${compared}${aim === null ? '' : ` (aim: ${aim})`}`;
}

async function keep(measured: typeof results): Promise<void> {
  const [cpu] = cpus();
  const date = new Date().toISOString().slice(0, 10);
  const machine = {
    cores: cpus().length,
    cpu: cpu?.model ?? 'unknown',
    arch: arch(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const folder = join(import.meta.dirname, 'results');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${date}.json`);
  await writeFile(path, `${JSON.stringify({ date, machine, results: measured }, null, 2)}\n`);
  console.log(`results written to bench/results/${date}.json`);
}
