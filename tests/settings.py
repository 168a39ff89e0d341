"""The project's settings in development mode, for tools that read them outside of pytest: mypy's Django plugin."""

import tests.environment  # noqa: F401  sets DEBUG first
from config.settings import *  # noqa: F403
