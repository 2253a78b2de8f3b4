import { createAuthenticator } from '../../packages/server/src/auth/authenticate.ts';
import type { OidcSettings } from '../../packages/server/src/auth/oidc/settings.ts';
import { composeOidc } from '../../packages/server/src/compose-oidc.ts';
import type { HttpContext } from '../../packages/server/src/http/context.ts';
import { type HttpBed, openHttpBed } from './http-bed.ts';
import { OIDC_CLIENT, OidcProvider } from './oidc-provider.ts';

/** The HTTP edge beside an OpenID provider. */
export interface OidcBed extends HttpBed {
  readonly provider: OidcProvider;
  /** Another service on the same database, with other settings. */
  readonly service: (more?: Partial<OidcSettings>, allow?: readonly string[]) => Partial<HttpContext>;
}

/** Starts both; who has `arras-admin` in `groups` is an administrator. */
export async function openOidcBed(): Promise<OidcBed> {
  const provider = await OidcProvider.start();
  const closing: AsyncDisposable[] = [provider];
  const parts = (context: HttpContext, more: Partial<OidcSettings> = {}, allow = ['127.0.0.0/8']) => {
    const settings: OidcSettings = {
      issuer: provider.issuer,
      audience: OIDC_CLIENT.clientId,
      ...OIDC_CLIENT,
      usernameClaim: 'preferred_username',
      admin: { claim: 'groups', value: 'arras-admin' },
      name: 'Lab login',
      ...more,
    };
    const oidc = composeOidc({ ...context, config: { ARRAS_EGRESS_ALLOW: allow }, settings });
    closing.push(oidc);
    const now = () => performance.now();
    const auth = createAuthenticator({ ...context, now, issuedTokens: oidc.issuedTokens });
    return { oidc: oidc.signIn, oidcIssuer: settings.issuer, auth };
  };
  const bed = await openHttpBed((context) => parts(context));
  return {
    ...bed,
    provider,
    service: (more, allow) => parts(bed.context, more, allow === undefined ? undefined : [...allow]),
    async close() {
      await bed.close();
      for (const part of closing) await part[Symbol.asyncDispose]();
    },
  };
}
