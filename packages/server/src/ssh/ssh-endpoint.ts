/** How a user proves who they are to a host. */
export type SshAuth =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'key'; readonly privateKey: string; readonly passphrase: string | null };

/** Where a host is and as whom to enter it. */
export interface SshEndpoint {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly auth: SshAuth;
  /**
   * The host keys that are accepted, each as `ssh-ed25519 AAAA…`. Compared before anything about the user is sent
   * (RELIABILITY R6); an empty list accepts none.
   */
  readonly hostKeys: readonly string[];
  /** The host through which this one is reached; null: directly. */
  readonly via: SshEndpoint | null;
}
