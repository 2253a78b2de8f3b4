import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainWaiting } from './waiting-reason.ts';

/** The reason codes of Slurm 22.05 to 24.11 (its page job_reason_codes, `man squeue`, the strings of libslurm). */
const CODES = `
  AccountNotAllowed AccountingPolicy AssocGrpBB AssocGrpBBMinutes AssocGrpBBRunMinutes AssocGrpBilling
  AssocGrpBillingMinutes AssocGrpBillingRunMinutes AssocGrpCPUMinutesLimit AssocGrpCPURunMinutesLimit
  AssocGrpCpuLimit AssocGrpEnergy AssocGrpEnergyMinutes AssocGrpEnergyRunMinutes AssocGrpGRES
  AssocGrpGRESMinutes AssocGrpGRESRunMinutes AssocGrpJobsLimit AssocGrpLicense AssocGrpLicenseMinutes
  AssocGrpLicenseRunMinutes AssocGrpMemLimit AssocGrpMemMinutes AssocGrpMemRunMinutes
  AssocGrpNodeLimit AssocGrpNodeMinutes AssocGrpNodeRunMinutes AssocGrpSubmitJobsLimit AssocGrpUnknown
  AssocGrpUnknownMinutes AssocGrpUnknownRunMinutes AssocGrpWallLimit AssocMaxBBMinutesPerJob
  AssocMaxBBPerJob AssocMaxBBPerNode AssocMaxBillingMinutesPerJob AssocMaxBillingPerJob
  AssocMaxBillingPerNode AssocMaxCpuMinutesPerJobLimit AssocMaxCpuPerJobLimit AssocMaxCpuPerNode
  AssocMaxEnergyMinutesPerJob AssocMaxEnergyPerJob AssocMaxEnergyPerNode AssocMaxGRESMinutesPerJob
  AssocMaxGRESPerJob AssocMaxGRESPerNode AssocMaxJobsLimit AssocMaxLicenseMinutesPerJob
  AssocMaxLicensePerJob AssocMaxMemMinutesPerJob AssocMaxMemPerJob AssocMaxMemPerNode
  AssocMaxNodeMinutesPerJob AssocMaxNodePerJobLimit AssocMaxSubmitJobLimit
  AssocMaxUnknownMinutesPerJob AssocMaxUnknownPerJob AssocMaxUnknownPerNode
  AssocMaxWallDurationPerJobLimit AssociationJobLimit AssociationResourceLimit AssociationTimeLimit
  BadConstraints BeginTime BlockFreeAction BlockMaxError BurstBufferOperation BurstBufferResources
  BurstBufferStageIn Cleaning Constraints DeadLine Dependency DependencyNeverSatisfied FedJobLock
  FrontEndDown InactiveLimit InvalidAccount InvalidQOS JobArrayTaskLimit JobHeldAdmin JobHeldUser
  JobHoldMaxRequeue JobLaunchFailure Licenses MCS MaxBBPerAccount MaxBillingPerAccount
  MaxCpuPerAccount MaxEnergyPerAccount MaxGRESPerAccount MaxJobsPerAccount MaxLicensePerAccount
  MaxMemPerLimit MaxMemoryPerAccount MaxNodePerAccount MaxSubmitJobsPerAccount MaxUnknownPerAccount
  NodeDown NonZeroExitCode OutOfMemory PartitionConfig PartitionDown PartitionInactive
  PartitionNodeLimit PartitionTimeLimit PowerNotAvail PowerReserved Priority Prolog QOSGrpBB
  QOSGrpBBMinutes QOSGrpBBRunMinutes QOSGrpBilling QOSGrpBillingMinutes QOSGrpBillingRunMinutes
  QOSGrpCPUMinutesLimit QOSGrpCPURunMinutesLimit QOSGrpCpuLimit QOSGrpEnergy QOSGrpEnergyMinutes
  QOSGrpEnergyRunMinutes QOSGrpGRES QOSGrpGRESMinutes QOSGrpGRESRunMinutes QOSGrpJobsLimit
  QOSGrpLicense QOSGrpLicenseMinutes QOSGrpLicenseRunMinutes QOSGrpMemLimit QOSGrpMemoryMinutes
  QOSGrpMemoryRunMinutes QOSGrpNodeLimit QOSGrpNodeMinutes QOSGrpNodeRunMinutes QOSGrpSubmitJobsLimit
  QOSGrpUnknown QOSGrpUnknownMinutes QOSGrpUnknownRunMinutes QOSGrpWallLimit QOSJobLimit
  QOSMaxBBMinutesPerJob QOSMaxBBPerJob QOSMaxBBPerNode QOSMaxBBPerUser QOSMaxBillingMinutesPerJob
  QOSMaxBillingPerJob QOSMaxBillingPerNode QOSMaxBillingPerUser QOSMaxCpuMinutesPerJobLimit
  QOSMaxCpuPerJobLimit QOSMaxCpuPerNode QOSMaxCpuPerUserLimit QOSMaxEnergyMinutesPerJob
  QOSMaxEnergyPerJob QOSMaxEnergyPerNode QOSMaxEnergyPerUser QOSMaxGRESMinutesPerJob QOSMaxGRESPerJob
  QOSMaxGRESPerNode QOSMaxGRESPerUser QOSMaxJobsPerUserLimit QOSMaxLicenseMinutesPerJob
  QOSMaxLicensePerJob QOSMaxLicensePerUser QOSMaxMemoryMinutesPerJob QOSMaxMemoryPerJob
  QOSMaxMemoryPerNode QOSMaxMemoryPerUser QOSMaxNodeMinutesPerJob QOSMaxNodePerJobLimit
  QOSMaxNodePerUserLimit QOSMaxSubmitJobPerUserLimit QOSMaxUnknownMinutesPerJob QOSMaxUnknownPerJob
  QOSMaxUnknownPerNode QOSMaxUnknownPerUser QOSMaxWallDurationPerJobLimit QOSMinBB QOSMinBilling
  QOSMinCpuNotSatisfied QOSMinEnergy QOSMinGRES QOSMinLicense QOSMinMemory QOSMinNode QOSMinUnknown
  QOSNotAllowed QOSResourceLimit QOSTimeLimit QOSUsageThreshold RaisedSignal ReqNodeNotAvail
  Reservation ReservationDeleted Resources SchedDefer SystemFailure TimeLimit
`
  .trim()
  .split(/\s+/);

test('every reason code of Slurm has a category, one sentence, and an action where there is one', () => {
  for (const code of CODES) {
    const { category, sentence, action } = explainWaiting(code);
    assert.notEqual(category, 'unknown', code);
    assert.match(sentence, /^[A-Z].*\.$/, code);
    assert.match(action ?? 'Wait.', /^[A-Z].*\.$/, code);
  }
});

test('what can never start says so, and how to ask again', () => {
  const wall = explainWaiting('AssocMaxWallDurationPerJobLimit');
  assert.deepEqual(wall, {
    category: 'never-starts',
    sentence: 'This can never start: it asks for more run time than your account allows one job.',
    action: 'Cancel it and submit again with less maxRunTime.',
  });
  for (const code of [
    'QOSMaxNodePerJobLimit',
    'AssocMaxMemPerNode',
    'QOSMinGRES',
    'PartitionTimeLimit',
    'BadConstraints',
  ]) {
    assert.equal(explainWaiting(code).category, 'never-starts', code);
  }
});

test('a limit that others of your jobs hold is one that clears', () => {
  assert.equal(
    explainWaiting('QOSMaxJobsPerUserLimit').sentence,
    'Your jobs already hold the most running jobs that the quality of service allows; it starts when some of them end.',
  );
  for (const code of [
    'AssocGrpCpuLimit',
    'AssocGrpCPURunMinutesLimit',
    'MaxJobsPerAccount',
    'AssocMaxJobsLimit',
  ]) {
    assert.equal(explainWaiting(code).category, 'limit-that-clears', code);
  }
});

test('a budget that is used up does not clear by itself', () => {
  assert.equal(explainWaiting('AssocGrpCPUMinutesLimit').category, 'never-starts');
  assert.match(explainWaiting('AssocGrpBillingMinutes').sentence, /budget .* used up/);
});

test('what Slurm adds to a code, and its long sentences, are understood', () => {
  assert.equal(explainWaiting('ReqNodeNotAvail, UnavailableNodes:n[1-4]').category, 'node-trouble');
  const long = 'Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions';
  assert.equal(explainWaiting(long).category, 'node-trouble');
});

test('the letters of Grid Engine are understood', () => {
  assert.equal(explainWaiting('qw').category, 'resources');
  assert.equal(explainWaiting('hqw').category, 'held');
  assert.equal(explainWaiting('EhRqw').category, 'node-trouble');
});

test('no reason and unknown words are shown as what they are', () => {
  assert.equal(explainWaiting(null).category, 'unknown');
  assert.equal(explainWaiting('None').category, 'unknown');
  assert.deepEqual(explainWaiting('Moonphase'), {
    category: 'unknown',
    sentence: 'The scheduler says: Moonphase.',
    action: null,
  });
  assert.equal(explainWaiting('toString').category, 'unknown');
});
