"""Words that text search takes for one another."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SynonymGroup(models.Model):
    """Words that mean the same in a text search."""

    words = models.CharField(
        _("words"),
        max_length=500,
        unique=True,
        help_text=_(
            "Words that mean the same, separated by commas, as in: dress, gaun, terusan. After > what they are kinds "
            "of, as in: navy, biru tua > blue."
        ),
    )

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words
