/** Words of one job, by whichever way: room for an eager program, none for a flood. */
export const CALLBACK_LIMIT = { burst: 30, perMinute: 60 } as const;
