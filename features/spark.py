"""Spark as the engine: the parts of a task are dealt out to as many machines as there are, and each is done as here.

Spark only distributes. A worker is sent the pairs of a part, opens the single view for the same purpose, and does the
part by the same code as this machine would (`features.parts`); so there is one meaning, and no second SQL. Pairs and
results travel as Arrow; records don't: each worker reads from the folder those that its pairs can need.

Which Spark is the environment's choice (spark-submit, SPARK_CONF_DIR and so on), with this project and its packages
installed on its workers, and the folder of the single view under the same path; without one it runs on this machine.
"""

import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import pyarrow as pa

from features import parts
from features.errors import InputError
from features.records import Reads

INSTALL = (
    "engine: spark needs pyspark and Java 17 or later: pip install -e '.[spark]' in the project's folder, and "
    "apt-get install openjdk-17-jre-headless; or write engine: duckdb"
)
# Where somebody who has a cluster says so; then nothing of theirs is overridden.
CHOSEN_BY = ("SPARK_REMOTE", "SPARK_HOME", "SPARK_CONF_DIR", "PYSPARK_SUBMIT_ARGS", "PYSPARK_GATEWAY_PORT")
PARTS = "spark.sql.shuffle.partitions"  # the setting that says how many parts a task has at least
# One machine: nothing listens beyond it, and nothing is logged, since an error may quote a row.
ALONE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-Dlog4j2.level=OFF",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
ROW = "packed binary, fault string"  # a table as bytes, or the name of the error by which the part failed
OUT_OF_MEMORY = ("MemoryError", "OutOfMemoryException")


def over(
    view, pairs: pa.Table, reads: Reads, work: parts.Work, unit: str, say: parts.Say | None = None
) -> Iterator[pa.Table]:
    """What `parts.of_part` makes of each part, in their order; `work` is pickled, and so is all that it refers to.

    Results are kept on the disks of the workers, so that the driver holds one block's at a time. Raises InputError
    where pyspark or Java is missing, or a part fails.
    """
    if not pairs.num_rows:
        return
    spark = session(view.threads)
    from pyspark import StorageLevel

    dealt = [_packed(part) for part in parts.cut(view, pairs, unit, at_least=int(spark.conf.get(PARTS)))]
    given = pa.table({"part": pa.array(range(len(dealt)), pa.int32()), "packed": pa.array(dealt, pa.binary())})
    rows = spark.createDataFrame(given).repartitionById(len(dealt), "part")
    results = rows.mapInArrow(_on_worker(view.elsewhere, reads, work, unit), ROW).persist(StorageLevel.DISK_ONLY)
    try:
        _run(spark, results.count, say)  # to iterate alone would do one part after another
        for row in results.toLocalIterator():
            if row.fault:
                raise _fault(row.fault)
            yield _unpacked(row.packed)
    finally:
        results.unpersist()


def session(threads: int = 2):
    """The Spark session that the environment configures, or one of so many threads on this machine alone; an open one
    is taken over. It ends with the program. Raises InputError with the lines that install what is missing."""
    # Nothing here passes through pandas, of which it warns whenever Arrow is used.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError:
        raise InputError(INSTALL) from None
    if found := SparkSession.getActiveSession():
        return found
    builder = SparkSession.builder.appName("foresight")
    if not any(name in os.environ for name in CHOSEN_BY):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        here = {"spark.master": f"local[{threads}]", PARTS: str(threads), "spark.local.dir": tempfile.gettempdir()}
        builder = builder.config(map=ALONE | here)
    try:
        return builder.getOrCreate()
    except PySparkRuntimeError as error:
        if error.getCondition() != "JAVA_GATEWAY_EXITED":
            raise
        raise InputError(INSTALL) from None


def _run(spark, job: Callable[[], object], say: parts.Say | None) -> None:
    """Wait for a job, telling how many of its parts are done. Raises InputError if Spark gives up."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    status = getattr(getattr(spark, "sparkContext", None), "statusTracker", lambda: None)()  # Connect has none
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(job)
        while not wait([found], timeout=parts.TELL).done:
            if say and status:
                steps = [step for i in status.getActiveStageIds() if (step := status.getStageInfo(i))]
                done, all_of_them = (sum(s.numCompletedTasks for s in steps), sum(s.numTasks for s in steps))
                say(f"Spark: {done:,} of {all_of_them:,} parts")
    try:
        found.result()
    except (PySparkException, Py4JError) as error:
        said = error.getCondition() if isinstance(error, PySparkException) else None
        raise InputError(
            f"engine: Spark gave up ({said or type(error).__name__}); its own log says why, and engine: duckdb does "
            "the same on this machine"
        ) from None


def _on_worker(opened: Callable, reads: Reads, work: parts.Work, unit: str):
    """The function that a Spark worker runs on the row of a part."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for packed in (value for batch in batches for value in batch.column("packed")):
            try:
                with opened() as view:
                    for found in parts.of_part(view, _unpacked(packed.as_buffer()), reads, work, unit):
                        yield _row(_packed(found), None)
            # Its message may quote a row, and Spark would log it: only the name leaves the worker.
            except Exception as error:
                yield _row(None, type(error).__name__)

    return run


def _row(packed: bytes | None, fault: str | None) -> pa.RecordBatch:
    return pa.record_batch({"packed": pa.array([packed], pa.binary()), "fault": pa.array([fault], pa.string())})


def _fault(name: str) -> Exception:
    if name in OUT_OF_MEMORY:
        return MemoryError()
    return InputError(f"engine: a part failed on Spark ({name}); engine: duckdb does the same here, and says more")


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _unpacked(packed: bytes | pa.Buffer) -> pa.Table:
    return pa.ipc.open_stream(packed).read_all()
