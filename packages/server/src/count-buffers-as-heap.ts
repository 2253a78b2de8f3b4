import { setFlagsFromString } from 'node:v8';

/**
 * V8 else collects all garbage for each 32 MiB of buffers, whatever the heap: some fifty times for half a gigabyte over
 * SFTP, a third of its time. Counted as part of the heap they are collected with it (165 to 231 MiB/s on two cores). To
 * be called before the first buffers are made.
 */
export function countBuffersAsHeap(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
}
