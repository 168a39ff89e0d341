"""Prints the names of the benchmarks, a line each: `python -m benchmarks`."""

BENCHMARKS = ("embedding", "import_zalora", "nearest", "page_load", "pages", "photo_search")

if __name__ == "__main__":
    print("\n".join(BENCHMARKS))
