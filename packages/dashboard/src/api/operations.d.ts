declare module 'virtual:operations' {
  /** Method and path template of every operation of the contract. */
  export const OPERATIONS: Readonly<
    Record<import('@arras/contract').OperationId, readonly [method: string, path: string]>
  >;
}
