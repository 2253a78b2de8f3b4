/**
 * Ports of services that take lines of text or bytes as commands and could be made to act by the body of a call.
 * The web's own ports and all that programs commonly listen on for HTTP are open.
 */
const REFUSED_PORTS: ReadonlyMap<number, string> = new Map([
  ...row('small services', 1, 7, 9, 11, 13, 15, 17, 19, 37, 79, 113),
  ...row('file transfer', 20, 21, 69, 115, 989, 990, 873, 548, 2049),
  ...row('remote shells', 22, 23, 512, 513, 514, 992, 3389, 5900),
  ...row('mail', 25, 109, 110, 143, 465, 587, 993, 995, 4190),
  ...row('names, time, routing', 42, 43, 53, 123, 161, 162, 179, 389, 636, 853),
  ...row(
    'news, chat, calls',
    119,
    194,
    532,
    540,
    554,
    563,
    1719,
    1720,
    1723,
    5060,
    5061,
    6665,
    6666,
    6667,
    6697,
  ),
  ...row('printing, windows', 111, 135, 137, 138, 139, 445, 515, 631, 6000),
  ...row('databases and caches', 1433, 1521, 3306, 5432, 6379, 11_211, 27_017),
  ...row('control of machines', 2375, 2376, 2379, 2380, 6817, 6818, 6819),
]);

function row(why: string, ...ports: readonly number[]): readonly (readonly [number, string])[] {
  return ports.map((port) => [port, why]);
}

/** What listens on a port that calls must not go to; null when they may. */
export function whyPortIsRefused(port: number): string | null {
  return REFUSED_PORTS.get(port) ?? null;
}
