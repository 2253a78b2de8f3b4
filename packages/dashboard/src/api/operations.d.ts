declare module 'virtual:operations' {
  import type { OperationId } from '@arras/contract';

  /** Method and path template of every operation of the contract. */
  export const OPERATIONS: Readonly<Record<OperationId, readonly [method: string, path: string]>>;
}
