from django.contrib.admin.apps import AdminConfig


class ShopAdminConfig(AdminConfig):
    """Django's admin, with a limit on wrong passwords."""

    default_site = "access.login.ShopAdminSite"
