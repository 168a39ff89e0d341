"""A picture of a report: how the time of one query grows with the rows."""

from __future__ import annotations

from pathlib import Path

WAYS = {
    "ours, everything": ("ours", "selectivity 1.0"),
    "ours, 1 % of the products": ("ours", "selectivity 0.01"),
    "exact SQL": ("ours", "exact SQL, unfiltered"),
    "FAISS HNSW, in process": ("FAISS HNSW",),
    "hnswlib, in process": ("hnswlib",),
    "FAISS flat, in process": ("FAISS flat",),
}


def draw_growth(report: dict, path: Path) -> None:
    """Writes p50 over rows, both logarithmic, a line a way."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7.2, 4.4), dpi=110)
    sizes = {int(rows): found for rows, found in report["sizes"].items()}
    for number, (label, steps) in enumerate(WAYS.items()):
        measured = {rows: _at(found, steps) for rows, found in sizes.items()}
        points = [(rows, one["p50_ms"]) for rows, one in measured.items() if "p50_ms" in one]
        if points:
            style = "-" if number < 2 else "--"
            axes.plot(*zip(*sorted(points), strict=True), style, marker="o", markersize=4, label=label)
    axes.set(xscale="log", yscale="log", xlabel="garment vectors", ylabel="one query, p50, ms")
    axes.grid(which="major", alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path)


def _at(found: dict, steps: tuple[str, ...]) -> dict:
    for step in steps:
        found = found.get(step, {})
    return found
