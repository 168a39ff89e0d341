"""Who a request comes from, as far as an address says: what limits for one client are counted by."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

CUSTOMER_BITS = 64  # of an IPv6 address: one customer of a provider has all the addresses behind them


def client_of(request: HttpRequest) -> str:
    """The client's IPv4 address, or the /64 network of its IPv6 address; "unknown" on a Unix socket without a proxy.

    With NUM_PROXIES proxies in front, it is the address that the outermost of them saw. Whatever else stands in
    X-Forwarded-For was sent by the client, and is ignored.
    """
    address = _forwarded(request) or _address(request.META.get("REMOTE_ADDR", ""))
    if address is None:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), CUSTOMER_BITS), strict=False).network_address) + f"/{CUSTOMER_BITS}"
    return str(address)


def _forwarded(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """What the outermost trusted proxy noted; None without a proxy, or where it noted no address."""
    number = settings.NUM_PROXIES
    noted = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return _address(noted[-min(number, len(noted))]) if number else None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in "192.0.2.1", "192.0.2.1:4711", "2001:db8::1" and "[2001:db8::1]:4711"; None in other text."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
