from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("Visual search")

    def ready(self) -> None:
        from catalogue import derived_data
        from search import checks  # noqa: F401  (importing registers them)
        from search.embedding import refresh
        from search.page_sections import register_sections

        derived_data.register(refresh)
        register_sections()
