"""The tokens of release 1.0.0, which lay readable in the table of rest_framework.authtoken, as hashes."""

import hashlib

from django.db import migrations

PLAIN = "authtoken_token"
KEY_LENGTH = 15  # characters that a token is found by


def hash_plain_tokens(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        if PLAIN not in connection.introspection.table_names(cursor):
            return
        cursor.execute(f"SELECT key, user_id, created FROM {PLAIN}")
        found = cursor.fetchall()
    ApiToken = apps.get_model("access", "ApiToken")
    for key, user, created in found:
        digest = hashlib.sha512(key.encode()).hexdigest()
        ApiToken.objects.get_or_create(digest=digest, defaults={"token_key": key[:KEY_LENGTH], "user_id": user})
        ApiToken.objects.filter(digest=digest).update(created=created)
    with connection.cursor() as cursor:
        # The table stays: processes of the earlier release read it until they are replaced.
        cursor.execute(f"TRUNCATE {PLAIN}")
        # The admin's log named each token that was made there by the token itself.
        cursor.execute(
            "UPDATE django_admin_log SET object_repr = 'API token' WHERE content_type_id IN"
            " (SELECT id FROM django_content_type WHERE app_label = 'authtoken')"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(hash_plain_tokens, migrations.RunPython.noop)]
