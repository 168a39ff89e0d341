"""Shades of colours as terms of a search: a dark blue one is blue, and no light blue one."""

from django.db import migrations, models

SHADES = """
navy, navy blue, dark blue, biru tua, biru gelap, biru dongker, dongker > blue
light blue, pale blue, sky blue, baby blue, biru muda, biru langit, biru terang > blue
royal blue, bright blue, cobalt, cobalt blue, biru elektrik > blue
dark green, forest green, bottle green, hijau tua, hijau gelap, hijau botol > green
olive, olive green, army green, hijau army, hijau zaitun > green
light green, pale green, mint, mint green, hijau muda, hijau mint > green
dark grey, dark gray, charcoal, charcoal grey, abu-abu tua, abu tua, abu-abu gelap > grey
light grey, light gray, pale grey, pale gray, abu-abu muda, abu muda, abu-abu terang > grey
dark red, maroon, burgundy, wine red, merah tua, merah marun, marun, merah gelap, merah hati > red
bright red, merah terang, merah cerah > red
light pink, pale pink, baby pink, soft pink, pink muda > pink
hot pink, fuchsia, dark pink, pink tua, fuksia > pink
dark brown, chocolate brown, cokelat tua, coklat tua, cokelat gelap > brown
light brown, tan, camel, cokelat muda, coklat muda > brown
light purple, lilac, lavender, lavendel, ungu muda > purple
dark purple, ungu tua > purple
mustard, mustard yellow, dark yellow, kuning tua, kuning mustard > yellow
light yellow, pale yellow, lemon yellow, kuning muda > yellow
burnt orange, dark orange, rust, oranye tua > orange
off white, ivory, broken white, putih tulang, putih gading > white
khaki, nude, sand beige, krem tua > beige
""".strip()


def add_shades(apps, schema_editor):
    synonyms = apps.get_model("catalogue", "SynonymGroup").objects
    synonyms.bulk_create((synonyms.model(words=words) for words in SHADES.splitlines()), ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0008_stored_sha256")]

    operations = [
        migrations.AlterField(
            model_name="synonymgroup",
            name="words",
            field=models.CharField(
                help_text=(
                    "Words that mean the same, separated by commas, as in: dress, gaun, terusan. After > what they are "
                    "kinds of, as in: navy, biru tua > blue."
                ),
                max_length=500,
                unique=True,
                verbose_name="words",
            ),
        ),
        migrations.RunPython(add_shades, migrations.RunPython.noop),
    ]
