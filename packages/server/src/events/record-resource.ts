import {
  APP_EVENT_DESCRIPTIONS,
  FILE_EVENT_DESCRIPTIONS,
  NOTIFICATION_EVENT_DESCRIPTIONS,
  SYSTEM_EVENT_DESCRIPTIONS,
} from '@arras/contract';
import type { Db } from '../database/connection.ts';
import { insertResourceEvent } from '../database/resource-events.ts';
import type { NewId } from '../domain/id-source.ts';

const DESCRIPTIONS = {
  system: SYSTEM_EVENT_DESCRIPTIONS,
  app: APP_EVENT_DESCRIPTIONS,
  file: FILE_EVENT_DESCRIPTIONS,
  notification: NOTIFICATION_EVENT_DESCRIPTIONS,
} as const;

const ID_KINDS = {
  system: 'systemEvent',
  app: 'appEvent',
  file: 'fileEvent',
  notification: 'notificationEvent',
} as const;

/** A kind of resource with events of its own; those of jobs are in `record.ts`. */
export type RecordedKind = keyof typeof DESCRIPTIONS;

/** Something that happened to a resource. */
export type ResourceHappening = {
  [Kind in RecordedKind]: {
    readonly kind: Kind;
    readonly uuid: string;
    readonly name: keyof (typeof DESCRIPTIONS)[Kind];
  };
}[RecordedKind] & {
  /** Default: the sentence of the event. */
  readonly description?: string;
  /** What subscribers are told where not all of them may know the description. Default: the description. */
  readonly toldDescription?: string;
  /** The resource as it is shown now. */
  readonly body: object;
  readonly by: string;
};

/**
 * Writes down what happened to a system, an app, a file or a subscription, in the transaction of the change. Returns how many
 * deliveries that causes.
 */
export async function recordResourceEvent(
  tx: Db,
  newId: NewId,
  happening: ResourceHappening,
): Promise<number> {
  const { kind, uuid, name, body, by, toldDescription } = happening;
  const sentences: Readonly<Record<string, string>> = DESCRIPTIONS[kind];
  const { fanned } = await insertResourceEvent(tx, {
    id: newId(ID_KINDS[kind]),
    resourceUuid: uuid,
    name,
    description: happening.description ?? sentences[name] ?? null,
    ...(toldDescription !== undefined && { toldDescription }),
    body,
    createdBy: by,
  });
  return fanned;
}
