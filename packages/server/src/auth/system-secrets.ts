import type { AuthRequest, SystemUuid } from '@arras/contract';
import { isRecord } from '@arras/contract';
import type { SystemConnection, SystemCredentialRow } from '../database/tables.ts';
import type { SecretBox } from './secret-box.ts';

/** The secret fields of an authentication. */
const SECRET_FIELDS = ['password', 'publicKey', 'privateKey', 'credential'] as const;

/** What one proves oneself with; which fields there are depends on the type. */
export type SystemSecrets = Readonly<Partial<Record<(typeof SECRET_FIELDS)[number], string>>>;

/** The secrets of an authentication sealed for their row; null when it has none. */
export function sealSystemSecrets(
  box: SecretBox,
  place: { readonly uuid: SystemUuid; readonly connection: SystemConnection },
  auth: AuthRequest,
): string | null {
  const given = SECRET_FIELDS.flatMap((field) => {
    const value = auth[field];
    return value === undefined ? [] : [[field, value] as const];
  });
  return given.length === 0 ? null : box.seal(JSON.stringify(Object.fromEntries(given)), placeOf(place));
}

/** Opens the secrets of a row. Throws UnopenableSecret. */
export function openSystemSecrets(
  box: SecretBox,
  row: Pick<SystemCredentialRow, 'system_uuid' | 'connection' | 'sealed'>,
): SystemSecrets {
  const opened: unknown = JSON.parse(
    box.open(row.sealed, placeOf({ uuid: row.system_uuid, connection: row.connection })),
  );
  // Written by the function above, so that every field is a text.
  return isRecord(opened) ? opened : {};
}

/** An authentication as it is stored beside the system's description: without its secrets. */
export function withoutSecrets(auth: AuthRequest): Omit<AuthRequest, (typeof SECRET_FIELDS)[number]> {
  const { password: _1, publicKey: _2, privateKey: _3, credential: _4, ...rest } = auth;
  return rest;
}

function placeOf({ uuid, connection }: { readonly uuid: string; readonly connection: string }) {
  return { table: 'system_credentials', row: uuid, column: connection };
}
