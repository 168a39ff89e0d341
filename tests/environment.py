"""The environment of a test run, set before Django reads its settings: `-p tests.environment` in pyproject.toml."""

import os

os.environ.setdefault("DEBUG", "1")  # production is the default everywhere else
