"""Prints the names of the benchmarks, a line each: `python -m benchmarks`."""

import pkgutil
from pathlib import Path

SUPPORT = {
    "__main__",
    "clients",
    "growth",
    "in_process",
    "kept",
    "plain_models",
    "reporting",
    "scratch_database",
    "vectors",
}

if __name__ == "__main__":
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name not in SUPPORT:
            print(module.name)
