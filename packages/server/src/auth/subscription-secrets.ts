import type { NotificationId } from '@arras/contract';
import { joinUserInfo, splitUserInfo } from '../domain/user-info.ts';
import type { SecretBox } from './secret-box.ts';

/** The sealed columns of a subscription. */
export type SubscriptionSecret = 'credentials' | 'secret';

/** Seals one of a subscription's secrets for its row. The former signing secret keeps the seal of `secret`. */
export function sealFor(
  box: SecretBox,
  id: NotificationId,
  column: SubscriptionSecret,
  value: string | null,
): string | null {
  return value === null ? null : box.seal(value, placeOf(id, column));
}

/** A subscription's URL in two parts: the one that is stored and shown, and the sealed user info. */
export function sealUrl(
  box: SecretBox,
  id: NotificationId,
  url: string,
): { readonly url: string; readonly credentials: string | null } {
  const parts = splitUserInfo(url);
  return { url: parts.url, credentials: sealFor(box, id, 'credentials', parts.userInfo) };
}

/** The URL with its user info, for the channel alone. Throws UnopenableSecret. */
export function openUrl(
  box: SecretBox,
  {
    id,
    url,
    credentials,
  }: { readonly id: NotificationId; readonly url: string; readonly credentials: string | null },
): string {
  return joinUserInfo(url, credentials === null ? null : box.open(credentials, placeOf(id, 'credentials')));
}

/** The signing secrets in force, newest first. Throws UnopenableSecret. */
export function openSigningSecrets(
  box: SecretBox,
  {
    id,
    secret,
    previous,
  }: { readonly id: NotificationId; readonly secret: string | null; readonly previous: string | null },
): string[] {
  return [secret, previous].flatMap((sealed) =>
    sealed === null ? [] : [box.open(sealed, placeOf(id, 'secret'))],
  );
}

function placeOf(id: NotificationId, column: SubscriptionSecret) {
  return { table: 'subscriptions', row: id, column };
}
