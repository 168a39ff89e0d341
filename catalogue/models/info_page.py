"""Pages of text: about, contact, privacy."""

from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalogue.querysets import InfoPageQuerySet


class InfoPage(models.Model):
    """A page of text, linked in the footer: about, contact, privacy. One without a text is not shown."""

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    title_en = models.CharField(_("English title"), max_length=120)
    title_id = models.CharField(_("Indonesian title"), max_length=120, blank=True)
    text_en = models.TextField(
        _("English text"), blank=True, help_text=_("An empty line begins a paragraph. Addresses become links.")
    )
    text_id = models.TextField(_("Indonesian text"), blank=True, help_text=_("Empty: the English one is shown."))
    position = models.PositiveSmallIntegerField(_("position"), default=0, help_text=_("Small numbers come first."))

    objects = InfoPageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page of text")
        verbose_name_plural = _("pages of text")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.title_en

    def get_absolute_url(self) -> str:
        return reverse("info-page", args=[self.slug])

    @property
    def language(self) -> str:
        """The language that it is shown in: the page's where it has a text in it, else the other."""
        preferred, other = ("id", "en") if get_language() == "id" else ("en", "id")
        return preferred if getattr(self, f"text_{preferred}").strip() else other

    @property
    def title(self) -> str:
        return str(getattr(self, f"title_{self.language}") or self.title_en)

    @property
    def text(self) -> str:
        return str(getattr(self, f"text_{self.language}"))
