declare module 'virtual:help' {
  /** The documents of `docs/`, each with its HTML made at build time. */
  export const DOCUMENTS: readonly {
    /** Such as `guides/data`. */
    readonly path: string;
    readonly title: string;
    readonly load: () => Promise<{ readonly html: string }>;
  }[];
}
