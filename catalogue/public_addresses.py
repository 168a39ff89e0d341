"""Which IP addresses the public internet has, and which lead into this machine's own network.

Python's `is_global` follows the registry of its release and knows nothing of IPv4 addresses inside IPv6 ones, so the
networks are listed here: IANA's special-purpose registries of 2025, and addresses that clouds use for themselves.
"""

from __future__ import annotations

import ipaddress

_IPV4_SPECIAL = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
    )
]  # fmt: skip
_IPV6_PUBLIC = ipaddress.IPv6Network("2000::/3")
_IPV6_SPECIAL = [
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]
# Where an IPv4 address stands in the last 32 bits: mapped, translated, NAT64. The address inside decides.
_HOLDS_IPV4 = [ipaddress.IPv6Network(network) for network in ("::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")]
_ISATAP = (0x00005EFE, 0x02005EFE)  # bits 32 to 64 of an interface identifier that an IPv4 address follows


def is_public(address: str) -> bool:
    """Whether an IP address, as `getaddrinfo` gives it, is one of the public internet. Raises ValueError for none."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv4Address):
        return not any(found in network for network in _IPV4_SPECIAL)
    if any(found in network for network in _HOLDS_IPV4):
        return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    if int(found) >> 32 & 0xFFFFFFFF in _ISATAP:
        return False
    return found in _IPV6_PUBLIC and not any(found in network for network in _IPV6_SPECIAL)
