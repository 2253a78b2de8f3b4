/** The OpenID provider whose users may sign in, as the operator describes it. */
export interface OidcSettings {
  /** As it stands in the tokens of the provider, to the letter. */
  readonly issuer: string;
  /** Who bearer tokens must be meant for. */
  readonly audience: string;
  /** What this service is to the provider; null: browsers cannot sign in there. */
  readonly clientId: string | null;
  /** null: a public client. */
  readonly clientSecret: string | null;
  /** The claim that names the user. */
  readonly usernameClaim: string;
  /** The claim that makes administrators; null: the provider does not say who is one. */
  readonly admin: { readonly claim: string; readonly value: string } | null;
  /** What people call the provider. */
  readonly name: string;
}
