import { options } from 'preact';

// A proxy may put the service below a path of its host, such as `/arras`. Everything here writes addresses as the
// service has them, `/ui/jobs`; the path is put before them where they leave for the browser, and nowhere else: in the
// attributes of elements, in calls, and in the history.

/** Not written as one expression: the bundler would look for a file of that name. */
const OWN = import.meta.url;

/** The path of the service, without a slash at its end; `''` on a host of its own. The code lies in its `assets/`. */
export const SERVICE_PATH = new URL('..', OWN).pathname.replace(/\/$/, '');

/** An address of the service as the browser needs it; others, such as `#line` and `https://…`, as they are. */
export function toPlace(address: string): string {
  return address.startsWith('/') ? SERVICE_PATH + address : address;
}

/** The path of a place in the browser as the service has it; unchanged when it is none of the service's. */
export function ofService(path: string): string {
  return path.startsWith(`${SERVICE_PATH}/`) ? path.slice(SERVICE_PATH.length) : path;
}

/** Where the service is, for texts that people take elsewhere. */
export function serviceUrl(): string {
  return location.origin + SERVICE_PATH;
}

const ADDRESSES = ['href', 'src'] as const;

/** Lets the attributes of elements have addresses of the service from now on. */
export function placeAddresses(): void {
  const next = options.vnode;
  options.vnode = (vnode) => {
    if (typeof vnode.type === 'string') placeIn(vnode.props);
    next?.(vnode);
  };
}

function placeIn(props: Record<string, unknown>): void {
  for (const name of ADDRESSES) {
    const address = props[name];
    if (typeof address === 'string') props[name] = toPlace(address);
  }
}
