"""The engines that every spec and property is asked of, and how a single view is opened for each.

Spark is one session for all tests, with three parts to a task, so that a resident is mostly apart from those at home
with them. Where pyspark or Java is missing, its tests skip and say what to install.
"""

import os
import shutil
from importlib.util import find_spec

import pytest

from features import spark
from features.sources import View, open_view

has_java = shutil.which("java") or os.environ.get("JAVA_HOME")
needs_spark = pytest.mark.skipif(not (find_spec("pyspark") and has_java), reason=spark.INSTALL)
on_every_engine = pytest.mark.parametrize("name", ["reference", "duckdb", pytest.param("spark", marks=needs_spark)])


def open_for(name: str, folder, **how) -> View:
    """The single view in a folder, opened for an engine; the reference reads what DuckDB does."""
    if name != "spark":
        return open_view(folder, **how)
    spark.session(threads=2).conf.set(spark.PARTS, "3")
    return open_view(folder, engine="spark", **how)
