import { type Storage, StorageError } from './storage.ts';

/** A server of which single files can be read. */
export interface SingleFiles extends Pick<Storage, 'filesAtOnce' | 'find' | 'open'> {
  /** What messages call it, such as `a web server`. */
  readonly server: string;
}

/** A storage that answers all but `find` and `open` with `unsupported`. */
export function createSingleFileStorage({ server, filesAtOnce, find, open }: SingleFiles): Storage {
  const refuse = async (): Promise<never> => {
    throw new StorageError('unsupported', `of ${server} only single files can be read`);
  };
  return {
    filesAtOnce,
    find,
    open,
    list: refuse,
    write: async (_path, source) => {
      source.destroy();
      return refuse();
    },
    makeDirectory: refuse,
    remove: refuse,
    removeParts: refuse,
    move: refuse,
    hostPath: (path) => {
      throw new StorageError('unsupported', `${path} is on ${server}, where no program can see it`);
    },
    close: async () => undefined,
  };
}
