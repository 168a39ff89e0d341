"""Spreads the vectors over the servers of a Citus cluster; the catalogue's tables are copied to each of them.

Run again, it does only what is missing. Embedding and imports must not run meanwhile.
"""

from django.core.management.base import BaseCommand, CommandError

from search.retrieval.distribution import NotDistributable, check_citus, distribute

SHARDS_A_SERVER = 8  # so that the cluster can grow to eight times as many servers


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("--shards", type=int, metavar="N", help="parts of the vectors (default: 8 a server)")

    def handle(self, *, shards: int | None, **options) -> None:
        if shards is not None and shards < 1:
            raise CommandError(f"--shards is {shards}; it must be 1 or more.")
        try:
            servers = check_citus()
        except NotDistributable as error:
            raise CommandError(str(error)) from error
        for statement in distribute(shards=shards or SHARDS_A_SERVER * servers):
            self.stdout.write(statement)
        self.stdout.write(self.style.SUCCESS(f"The vectors are distributed over {servers} servers."))
