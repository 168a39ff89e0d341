#!/usr/bin/env python
"""Django's command line for Fashion Visual Search."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line

        from config.command_errors import EXPLAINED, explanation
    except ImportError as error:
        raise SystemExit("Django is not installed here: run `make environment`, then .venv/bin/python.") from error
    try:
        execute_from_command_line(sys.argv)
    except EXPLAINED as error:
        sentence = explanation(error)
        if sentence is None or "--traceback" in sys.argv:
            raise
        raise SystemExit(sentence) from None


if __name__ == "__main__":
    main()
