import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JobFault } from '../domain/failure.ts';
import { customDirectives } from './directive-lines.ts';
import type { Launch, LaunchResources } from './scheduler.ts';
import { findScheduler } from './schedulers.ts';

const RESOURCES: LaunchResources = {
  queue: 'normal',
  nodeCount: 2,
  processorsPerNode: 8,
  memoryPerNodeGb: 1.5,
  maxRunTimeSeconds: 3 * 3600 + 61,
  customDirectives: null,
};

function directives(name: string, resources: Partial<LaunchResources> = {}): readonly string[] {
  const launch = { resources: { ...RESOURCES, ...resources } } as Launch;
  return findScheduler(name)?.directives(launch) ?? ['no such scheduler'];
}

test('the typed fields of a job become directives of each scheduler', () => {
  assert.deepEqual(directives('SLURM'), [
    '#SBATCH --partition=normal',
    '#SBATCH --nodes=2',
    '#SBATCH --ntasks-per-node=8',
    '#SBATCH --mem=1536M',
    '#SBATCH --time=182',
  ]);
  assert.deepEqual(directives('SGE'), ['#$ -q normal', '#$ -l h_rt=03:01:01']);
  assert.deepEqual(directives('PBS'), [
    '#PBS -q normal',
    '#PBS -l nodes=2:ppn=8',
    '#PBS -l walltime=03:01:01',
  ]);
  assert.deepEqual(directives('LSF'), [
    '#BSUB -q normal',
    '#BSUB -n 16',
    '#BSUB -R span[ptile=8]',
    '#BSUB -W 182',
  ]);
  assert.deepEqual(directives('FORK'), []);
});

test('what a job does not ask for is left to the queue', () => {
  const nothing = { queue: null, memoryPerNodeGb: null, maxRunTimeSeconds: null };
  assert.deepEqual(directives('SLURM', nothing), ['#SBATCH --nodes=2', '#SBATCH --ntasks-per-node=8']);
  assert.deepEqual(directives('SGE', nothing), []);
});

test('custom directives come last, or alone where the scheduler is a custom one', () => {
  const customDirectives = '#SBATCH -A project\n\n--gres=gpu:2\n# a comment\n##SBATCH --off\r\n';
  assert.deepEqual(directives('SLURM', { customDirectives }).slice(5), [
    '#SBATCH -A project',
    '#SBATCH --gres=gpu:2',
  ]);
  assert.deepEqual(directives('CUSTOM_SLURM', { customDirectives }), [
    '#SBATCH -A project',
    '#SBATCH --gres=gpu:2',
  ]);
  for (const name of ['SLURM', 'GRIDENGINE', 'PBS', 'TORQUE', 'MOAB', 'LSF']) {
    const standard = name === 'GRIDENGINE' ? 'SGE' : name;
    assert.deepEqual(directives(`CUSTOM_${name}`), directives(standard));
  }
});

test('macros of the resources are filled in with numbers, others are refused', () => {
  const own = (customDirectives: string) => directives('CUSTOM_GRIDENGINE', { customDirectives });
  assert.deepEqual(own('-pe mpi ${AGAVE_JOB_NODE_COUNT} -l h_vmem=${AGAVE_JOB_MEMORY_PER_NODE}G'), [
    '#$ -pe mpi 2 -l h_vmem=1.5G',
  ]);
  assert.deepEqual(own('-l h_rt=${AGAVE_JOB_MAX_RUNTIME}'), ['#$ -l h_rt=03:01:01']);
  const customDirectives = '-l h_vmem=${AGAVE_JOB_MEMORY_PER_NODE}G';
  assert.deepEqual(directives('CUSTOM_GRIDENGINE', { customDirectives, memoryPerNodeGb: null }), [
    '#$ -l h_vmem=1G',
  ]);
  assert.throws(() => own('-A ${AGAVE_JOB_NAME_RAW}'), JobFault);
});

test('directives that would take the job out of our hands are refused with the line', () => {
  const refused: readonly (readonly [string, readonly string[]])[] = [
    [
      'SLURM',
      [
        '--array=1-9',
        '-a 1-9',
        '-a1-9',
        '--wait',
        '-W',
        '--clusters=x',
        '-M x',
        '-Q',
        '--test-only',
        '--uid=0',
        '--wrap=id',
      ],
    ],
    ['SGE', ['-t 1-9', '-sync y', '-b y', '-verify', '-clear']],
    ['PBS', ['-J 1-9', '-I', '-W block=true', '-v ARRAS_TRY=x', '-V']],
    ['LSF', ['-I', '-K', '-Is bash']],
  ];
  for (const [name, lines] of refused) {
    for (const line of lines) {
      assert.throws(() => directives(name, { customDirectives: line }), JobFault, `${name} ${line}`);
    }
  }
  for (const line of ['--account=x', '--wait-all-nodes=1', '--mail-user=a@b.org', '-w node1', '-C gpu'])
    assert.equal(directives('SLURM', { customDirectives: line }).at(-1), `#SBATCH ${line}`);
});

test('control characters and anything that is no directive are refused', () => {
  const dialect = { prefix: '#SBATCH', refused: /^-W/ };
  for (const line of ['-A a\0b', '-A a\u001bb', '-A a\rb', 'rm -rf /', '; id', '$(id)', '#!/bin/sh']) {
    const resources = { ...RESOURCES, customDirectives: line };
    if (line.startsWith('#')) assert.deepEqual(customDirectives(resources, dialect), []);
    else assert.throws(() => customDirectives(resources, dialect), JobFault, line);
  }
});
