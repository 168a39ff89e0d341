"""Texts of django-import-export, which has no Indonesian: named here, so that makemessages keeps their translations."""

from django.utils.translation import gettext_noop as _

TEXTS = [
    _("Import"),
    _("Export"),
    _("File to import"),
    _("Format"),
    _("This importer will import the following fields: "),
    _("This exporter will export the following fields: "),
    _("Select all"),
    _("Submit"),
    _("Below is a preview of data to be imported. If you are satisfied with the results, click 'Confirm import'"),
    _("Confirm import"),
    _("Errors"),
    _("Line number"),
    _("Some rows failed to validate"),
    _("Please correct these errors in your data where possible, then reupload it using the form above."),
    _("Row"),
    _("Non field specific"),
    _("Preview"),
    _("New"),
    _("Skipped"),
    _("Update"),
    _("Export selected %(verbose_name_plural)s"),
    _("Import finished: {} new, {} updated, {} deleted and {} skipped {}."),
]
