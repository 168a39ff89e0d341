"""The environment of a test run, set before anything else is imported: `-p tests.environment` in pyproject.toml."""

import os

os.environ.setdefault("DEBUG", "1")  # production is the default everywhere else
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")  # no commit waits for the disk: nothing is to last
if "PYTEST_XDIST_WORKER" in os.environ:  # each worker has a core: more threads would only wait for each other
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "INFERENCE_THREADS"):
        os.environ.setdefault(name, "1")
