import {
  CUSTOM_EVENT_FIELD,
  customEventSchema,
  isReservedEventName,
  JOB_EVENT_DESCRIPTIONS,
  parseBody,
} from '@arras/contract';
import { parse as parseSafely } from 'secure-json-parse';
import { scanBody } from '../domain/body-scan.ts';

/** What a program says of itself, as it goes into its job's history. */
export interface ProgramEvent {
  readonly name: string;
  readonly description: string;
  readonly data?: unknown;
}

/** The program is alive. */
export const HEARTBEAT: ProgramEvent = {
  name: 'HEARTBEAT',
  description: JOB_EVENT_DESCRIPTIONS.HEARTBEAT,
};

/** An event of the program's own, with the document that names it. */
export function programEvent(name: string, data: unknown): ProgramEvent {
  return { name, description: `The job sent the event ${name}`, data };
}

/** A few names with short values: what goes beyond this is no event. */
const LIMITS = { depth: 64, keys: 5_000 };

/** The event in the JSON of a message; null when it is none, or is named like one of the service's own. */
export function parseProgramEvent(json: Uint8Array): ProgramEvent | null {
  if (json.length === 0 || scanBody(json, LIMITS) !== 'fine') return null;
  const body = parseBody(customEventSchema, parseJson(json));
  if (!body.ok) return null;
  const name = body.value[CUSTOM_EVENT_FIELD];
  return name === undefined || isReservedEventName(name) ? null : programEvent(name, body.value);
}

function parseJson(json: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(json);
    return parseSafely(text, { protoAction: 'error', constructorAction: 'error' });
  } catch {
    return undefined;
  }
}
