import { setTimeout as delay } from 'node:timers/promises';

/**
 * How long items gather between two commands that follow each other at once: at least so many milliseconds, and this
 * share of the time that the last one took, because those who waited for that one come back together.
 */
const GATHER = { ms: 10, share: 0.1 };

/** How items are gathered. */
export interface GathererOptions<Item, Answer> {
  /** The most items of one command. */
  readonly most: number;
  /** What one command takes; an item that weighs more goes alone. Default: no limit. */
  readonly capacity?: { readonly weigh: (item: Item) => number; readonly most: number };
  /** Answers in the order of the items; when it rejects, so does each of them. */
  readonly run: (items: readonly Item[]) => Promise<readonly Answer[]>;
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes a function that does for one item what `run` does for many. While one command is under way, further items wait
 * and go together with the next: a lone item is never delayed, and under load there are fewer commands than items.
 */
export function createGatherer<Item, Answer>(
  options: GathererOptions<Item, Answer>,
): (item: Item) => Promise<Answer> {
  const waiting: Waiting<Item, Answer>[] = [];
  let busy = false;
  const work = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) {
      const began = performance.now();
      await runGroup(waiting.splice(0, countNext(waiting, options)), options.run);
      const tookMs = performance.now() - began;
      if (waiting.length > 0) await delay(Math.max(GATHER.ms, tookMs * GATHER.share));
    }
    busy = false;
  };
  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    waiting.push({ item, resolve, reject });
    if (!busy) void work();
    return promise;
  };
}

function countNext<Item, Answer>(
  waiting: readonly Waiting<Item, Answer>[],
  { most, capacity }: GathererOptions<Item, Answer>,
): number {
  if (capacity === undefined) return most;
  let weight = 0;
  const over = waiting.slice(0, most).findIndex(({ item }) => {
    weight += capacity.weigh(item);
    return weight > capacity.most;
  });
  return over < 0 ? most : Math.max(over, 1);
}

async function runGroup<Item, Answer>(
  group: readonly Waiting<Item, Answer>[],
  run: GathererOptions<Item, Answer>['run'],
): Promise<void> {
  try {
    const answers = await run(group.map(({ item }) => item));
    if (answers.length !== group.length)
      throw new TypeError(`expected ${group.length} answers, got ${answers.length}`);
    for (const [index, answer] of answers.entries()) group[index]?.resolve(answer);
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}
