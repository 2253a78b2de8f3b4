import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Addresses and the length of their common prefix. */
type Range = readonly [Address, number];

/** Global addresses are in 2000::/3 (IANA); everything outside is special, among it all embeddings but 6to4 and Teredo. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/** Ranges inside the global ones that lead elsewhere: to embedded IPv4 addresses, to documentation, to protocols. */
const SPECIAL = ['2001::/23', '2002::/16', '3fff::/20'].map((range) => ipaddr.parseCIDR(range));

/** Reads `10.0.0.0/8,fd00::/8`; a bare address is a range of one. Throws a RangeError naming what cannot be read. */
export function parseRanges(ranges: readonly string[]): readonly Range[] {
  return ranges.map((range) => {
    try {
      if (range.includes('/')) return ipaddr.parseCIDR(range);
      const address = ipaddr.parse(range);
      return [address, address.kind() === 'ipv4' ? 32 : 128];
    } catch {
      throw new RangeError(`expected an address or a range such as 10.0.0.0/8, got ${JSON.stringify(range)}`);
    }
  });
}

/**
 * Whether an address must not be reached: judged by its bytes, never by its spelling. Everything that is no public
 * unicast address is denied unless the operator allows it, and so is what cannot be read (RELIABILITY.md R12).
 */
export function isDenied(text: string, allowed: readonly Range[]): boolean {
  const address = parseAddress(text);
  if (address === null) return true;
  if (isInAny(address, allowed)) return false;
  if (address.range() !== 'unicast' || isInAny(address, SPECIAL)) return true;
  return address.kind() === 'ipv6' && !isInAny(address, [GLOBAL_IPV6]);
}

/** `::10.1.2.3`, the abolished IPv4-compatible form, which the library would take for the mapped one. */
const COMPATIBLE = /^::\d+\.\d+\.\d+\.\d+$/;

function parseAddress(text: string): Address | null {
  if (COMPATIBLE.test(text)) return null;
  try {
    // A zone (fe80::1%eth0) chooses an interface, not an address.
    const address = ipaddr.parse(text.replace(/%.*$/, ''));
    return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()
      ? address.toIPv4Address()
      : address;
  } catch {
    return null;
  }
}

function isInAny(address: Address, ranges: readonly Range[]): boolean {
  return ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
}
