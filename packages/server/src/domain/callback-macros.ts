import { DEFAULT_CUSTOM_EVENT, isReservedEventName } from '@arras/contract';

/**
 * The macros with which a template speaks to the service (spec: jobs 9.2). Two of them say something that the service
 * cannot see itself, and become commands; the others tell of starts and ends, which it sees, and do nothing.
 */

/** `AGAVE_JOB_CALLBACK_ALIVE`, `IPLANT_RUNNING`, `AGAVE_JOB_CALLBACK_NOTIFICATION|STEP_DONE|STEP,of:TOTAL` */
const CALLBACK =
  /^(?:AGAVE_JOB_CALLBACK_(\w+)(?:\|(.*))?|IPLANT_(?:RUNNING|CLEANING_UP|SUCCESS|FAILURE|ARCHIVING_\w+))$/i;

/** The command a callback macro becomes, which may need the functions of `message-script.ts`; null for other macros. */
export function callbackCommand(macro: string): string | null {
  const match = CALLBACK.exec(macro);
  if (match === null) return null;
  const [, name = '', details] = match;
  if (name.toUpperCase() === 'ALIVE') return 'arras_alive';
  return name.toUpperCase() === 'NOTIFICATION' ? notification(details) : NOTHING;
}

/** Does nothing, successfully, wherever a command may stand. */
const NOTHING = ':';

/** Names of events, of fields, and of shell variables: nothing that a shell could read otherwise. */
const EVENT = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;
const PAIR = /^(?:[A-Za-z_][A-Za-z0-9_.-]{0,63}:)?[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** `A,B` or `EVENT|A,KEY:B`; what cannot be sent does nothing, as it always did. */
function notification(details: string | undefined): string {
  const parts = (details ?? '').split('|').map((part) => part.trim());
  const [event = '', variables = ''] = parts.length > 1 ? parts : [DEFAULT_CUSTOM_EVENT, ...parts];
  const pairs = variables
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '');
  const isSound = parts.length <= 2 && EVENT.test(event) && pairs.every((pair) => PAIR.test(pair));
  if (!isSound || isReservedEventName(event)) return NOTHING;
  return ['arras_notify', event, ...pairs].join(' ');
}

/** The content of `.arras/callback`: see `message-script.ts`. */
export function renderCallbackFile(url: string): string {
  return `url = "${url.replace(/[\\"]/g, String.raw`\$&`)}"\n`;
}
