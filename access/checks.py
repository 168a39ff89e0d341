"""What must be so for limits for one client to be limits for one client."""

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.security, deploy=True)
def proxies_are_counted(app_configs=None, **kwargs) -> list[Warning]:
    """Behind a proxy that is not counted, all visitors have the proxy's address and share its limits."""
    if not settings.HTTPS or settings.NUM_PROXIES:
        return []
    return [
        Warning(
            "HTTPS is set and NUM_PROXIES is 0: all visitors have the proxy's address, and share the limits on photos "
            "and wrong passwords.",
            hint="Set NUM_PROXIES to the number of proxies before gunicorn, 1 for one nginx.",
            id="access.W001",
        )
    ]
