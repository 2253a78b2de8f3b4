import { type Command, Option } from 'commander';
import { withOutput, withPage } from '../command-options.ts';
import type { OneAttemptOptions } from '../commands/attempt.ts';
import type { AttemptOptions, DeliveryOptions, PreviewOptions, TestOptions } from '../commands/deliveries.ts';
import type { SubscriptionListOptions, SubscriptionOptions } from '../commands/notifications.ts';
import type { ReplayOptions } from '../commands/replay.ts';
import type { ListenOptions } from '../listen/listen.ts';
import type { OutputOptions } from '../print.ts';
import type { Runner } from '../runner.ts';
import { JOB } from './job-words.ts';

const ID = 'id of the subscription, its beginning or end, or last';
const TARGET = 'a web address, or an e-mail address; may hold variables such as ${JOB_ID}';
const EVENT = 'the event, such as FINISHED; * is every one';
const subscriptions = () => import('../commands/notifications.ts');
const deliveries = () => import('../commands/deliveries.ts');
const attempt = () => import('../commands/attempt.ts');

type Run = Runner['run'];

/** Everything about webhooks and mails. */
export function addNotificationCommands(program: Command, { run }: Runner): void {
  const group = program
    .command('notifications')
    .alias('notify')
    .description('webhooks and mails when something happens');
  withPage(
    withOutput(group.command('list').description('your subscriptions, newest first'), 'listNotifications'),
  )
    .argument('[uuid]', 'only those to this job, app, system or subscription')
    .option('--status <status>', 'active, failed, complete or inactive; default: active, or all of the uuid')
    .option('--event <event>', 'only those to this event')
    .action(
      run<SubscriptionListOptions, [string?]>(async (call, uuid) =>
        (await subscriptions()).listSubscriptions(call, uuid),
      ),
    );
  withOutput(group.command('show').description('one subscription'), 'showNotification')
    .argument('<id>', ID)
    .action(
      run<OutputOptions, [string]>(async (call, id) => (await subscriptions()).showSubscription(call, id)),
    );
  addChanges(group, run);
  addDeliveries(group, run);
  addTrials(group, run);
}

function addChanges(group: Command, run: Run): void {
  const create = group.command('create').description('subscribe to the events of a job; prints the id');
  withSubscription(withOutput(create, 'createNotification'))
    .option('--secret', 'sign the calls; the secret is shown this once')
    .action(run<SubscriptionOptions, []>(async (call) => (await subscriptions()).createSubscription(call)));
  withSubscription(
    withOutput(group.command('update').description('change a subscription'), 'updateNotification'),
  )
    .option('--no-persistent', 'end with the next delivery')
    .argument('<id>', ID)
    .action(
      run<SubscriptionOptions, [string]>(async (call, id) =>
        (await subscriptions()).updateSubscription(call, id),
      ),
    );
  group
    .command('delete')
    .description('end subscriptions; what waits to be delivered is cancelled')
    .argument('<id...>', ID)
    .action(
      run<unknown, [string[]]>(async (call, ids) => (await subscriptions()).deleteSubscriptions(call, ids)),
    );
  withOutput(
    group.command('rotate-secret').description('make a new signing secret and print it'),
    'rotateNotificationSecret',
  )
    .argument('<id>', ID)
    .action(run<OutputOptions, [string]>(async (call, id) => (await subscriptions()).rotateSecret(call, id)));
}

function withSubscription(command: Command): Command {
  return command
    .option('--url <url>', TARGET)
    .option('--event <event>', EVENT)
    .addOption(new Option('--job <job>', JOB).conflicts('associatedUuid'))
    .option('--associated-uuid <uuid>', 'a job, app, system or subscription; * is everything')
    .option('--persistent', 'every event, not only the first')
    .option('--retry-strategy <strategy>', 'NONE, IMMEDIATE, DELAYED or EXPONENTIAL')
    .option('--retry-limit <n>', 'the most attempts, 0 to 1440')
    .option('--retry-rate <seconds>', 'between attempts (DELAYED)')
    .option('--retry-delay <seconds>', 'before the second attempt (DELAYED)')
    .option('--save-on-failure', 'keep what could not be delivered')
    .option('-F, --file <file>', 'the subscription as JSON; - is the standard input');
}

function addDeliveries(group: Command, run: Run): void {
  withPage(
    withOutput(
      group.command('deliveries').description('every event that matched, and its state'),
      'listDeliveries',
    ),
  )
    .argument('<id>', ID)
    .option('--state <state>', 'pending, delivered, parked or cancelled')
    .action(
      run<DeliveryOptions, [string]>(async (call, id) => (await deliveries()).listDeliveries(call, id)),
    );
  withPage(withOutput(group.command('attempts').description('failed attempts, newest first'), 'listAttempts'))
    .argument('<id>', ID)
    .option('--all', 'the successful ones too')
    .action(run<AttemptOptions, [string]>(async (call, id) => (await deliveries()).listAttempts(call, id)));
  withOutput(
    group.command('attempt').description('one attempt in full: what was sent, and what was answered'),
    'showAttempt',
  )
    .argument('<id>', ID)
    .argument('[attempt]', 'id of the attempt; default: the newest')
    .option('--curl', 'print the curl command that makes the attempt again')
    .action(
      run<OneAttemptOptions, [string, string?]>(async (call, id, attemptId) =>
        (await attempt()).showAttempt(call, id, attemptId),
      ),
    );
  withOutput(
    group.command('replay').description('send past events again; prints how many'),
    'replayNotification',
    'listDeliveries',
  )
    .argument('[id]', `${ID}. Without it, with --failed: all of yours`)
    .option('--delivery <id...>', 'these deliveries')
    .option('--failed', 'what was given up; the default for one subscription')
    .addOption(new Option('--parked', 'the same').hideHelp())
    .addOption(new Option('--all', 'also what arrived').conflicts(['parked', 'failed']))
    .option('--since <time>', 'events from this time on, such as 2026-03-04T10:00:00Z, or 2h ago as 2h')
    .option('--until <time>', 'events before this time')
    .option('--dry-run', 'only list what would be sent')
    .action(
      run<ReplayOptions, [string?]>(async (call, id) =>
        (await import('../commands/replay.ts')).replay(call, id),
      ),
    );
}

function addTrials(group: Command, run: Run): void {
  withOutput(
    group.command('test').description('send a sample now; the exit code tells whether it arrived'),
    'testNotification',
  )
    .argument('<id>', ID)
    .option('--event <event>', 'name of the event; default: that of the subscription')
    .action(run<TestOptions, [string]>(async (call, id) => (await deliveries()).testSubscription(call, id)));
  withOutput(
    group.command('preview').description('show what would be sent; nothing is'),
    'previewNotification',
  )
    .argument('<url>', TARGET)
    .requiredOption('--job <job>', JOB)
    .option('--event <event>', "name of the event; default: the job's status")
    .action(run<PreviewOptions, [string]>(async (call, url) => (await deliveries()).preview(call, url)));
  group
    .command('listen')
    .description('forward the events of your jobs to an address of this machine, as signed webhooks')
    .requiredOption('--forward <url>', 'where to, such as http://127.0.0.1:3000/hook')
    .option('--job <job>', 'only this job; ends when the job has ended')
    .option('--event <event>', 'only this event')
    .addOption(new Option('--from-start', 'begin with what has happened to the job so far'))
    .action(run<ListenOptions, []>(async (call) => (await import('../listen/listen.ts')).listen(call)));
}
