"""Spark as the engine: the parts of a task are dealt out to as many machines as there are, and each is done as here.

Spark only distributes. For each part (`features.parts`), the DuckDB of the driver says whose records its pairs can
need, as it does for itself; Spark brings these records together, by ids and never by a date; and its worker puts them
into a DuckDB of its own and does the part by the same code. So there is one meaning, and no second SQL.

Worked example: A and B live in household H at property P; A falls in part 0, B in part 1, and A is asked about.

    part  unit       unit_id
    0     resident   A           A's record, residencies and events
    0     resident   B           whoever ever shared a household with A, to tell who lived there at t
    0     household  H           events about the household
    0     property   P           the property and its events

Which Spark is the environment's choice (spark-submit, SPARK_CONF_DIR and so on), with this project and its packages
installed on its workers, and the folder of the single view at the same path; without one it runs on this machine.
"""

import atexit
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from functools import reduce
from operator import or_
from pathlib import Path

import duckdb
import pyarrow as pa

from features import parts, records
from features.errors import InputError
from features.plan import Combo
from features.records import Reads
from features.sql import name as sql_name
from features.tables import EVENTS, PROPERTIES, RESIDENCIES, RESIDENTS, TYPES

INSTALL = (
    "engine: spark needs pyspark and Java 17 or later: pip install -e '.[spark]' in the project's folder, and "
    "apt-get install openjdk-17-jre-headless; or write engine: duckdb"
)
# Where somebody who has a cluster says so; then nothing of theirs is overridden.
CHOSEN_BY = ("SPARK_REMOTE", "SPARK_HOME", "SPARK_CONF_DIR", "PYSPARK_SUBMIT_ARGS", "PYSPARK_GATEWAY_PORT")
# One machine: nothing listens beyond it, and nothing is logged, since a task's error may quote a row.
ALONE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.driver.extraJavaOptions": "-Dlog4j2.level=OFF",
    "spark.sql.shuffle.partitions": "4",  # 200, as Spark has it, are 200 tasks for a handful of rows
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
SHIPPED = {table.name: table for table in (RESIDENTS, RESIDENCIES, PROPERTIES, EVENTS)}
# Whose record a row is; of an event, the row itself says so.
KEYS = {
    "residents": ("resident", "resident_id"),
    "residencies": ("resident", "resident_id"),
    "properties": ("property", "property_id"),
}
# What Spark calls the types that DuckDB finds in Parquet; unsigned numbers go where they all fit.
SPARK_TYPES = {
    "VARCHAR": "string",
    "DATE": "date",
    "BOOLEAN": "boolean",
    "DOUBLE": "double",
    "FLOAT": "float",
    "BIGINT": "long",
    "INTEGER": "integer",
    "SMALLINT": "short",
    "TINYINT": "byte",
    "UTINYINT": "short",
    "USMALLINT": "integer",
    "UINTEGER": "long",
}
ASKED = "asked"  # among the tables, the pairs of a part
PACKED = "packed"  # the column in which a table travels as bytes
FAULT = "fault"  # the name of the error by which a part failed


def over(
    view, pairs: pa.Table, reads: Reads, work: parts.Work, around: str, say: parts.Say | None = None
) -> Iterator[pa.Table]:
    """What `parts.of_part` makes of each part, in their order; `work` is pickled, and so is all that it refers to.

    There are at least as many parts as spark.sql.shuffle.partitions. A worker sends its results as bytes, kept on the
    executors' disks, so that the driver holds one block's at a time. Raises InputError where pyspark or Java is
    missing, a column is of a type that Spark can't bring, or a part fails.
    """
    if not pairs.num_rows:
        return
    spark = session(view.threads)
    dealt = list(parts.cut(view, pairs, around, at_least=int(spark.conf.get("spark.sql.shuffle.partitions"))))
    wanted = _wanted(spark, view, dealt, around)
    results = None
    from pyspark import StorageLevel

    try:
        rows = _tall(spark, view, dealt, wanted, reads).repartitionById(len(dealt), "part").drop("part")
        do = _on_part(reads, work, around, f"{view.arrays // 10**6}MB")
        results = rows.mapInArrow(do, f"{PACKED} binary, {FAULT} string").persist(StorageLevel.DISK_ONLY)
        _run(spark, results.count, say)  # to iterate alone would run one part after another
        for row in results.toLocalIterator():
            if row[FAULT]:
                raise _fault(row[FAULT])
            yield _unpacked(row[PACKED])
    finally:
        if results is not None:
            results.unpersist()
        wanted.unpersist()


def session(threads: int = 2):
    """The Spark session that the environment configures, or one of so many threads on this machine alone; an open one
    is taken over. It ends with the program. Raises InputError with the lines that install what is missing."""
    try:
        with warnings.catch_warnings():
            # Nothing here passes through pandas.
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
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
        alone = ALONE | {"spark.master": f"local[{threads}]", "spark.local.dir": tempfile.gettempdir()}
        builder = builder.config(map=alone)
    try:
        made = builder.getOrCreate()
    except PySparkRuntimeError as error:
        if error.getCondition() != "JAVA_GATEWAY_EXITED":
            raise
        raise InputError(INSTALL) from None
    atexit.register(made.stop)
    return made


def _run(spark, job: Callable[[], object], say: parts.Say | None) -> None:
    """Wait for a job, telling how many tasks of its present steps are done. Raises InputError if Spark gives up."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    status = getattr(getattr(spark, "sparkContext", None), "statusTracker", lambda: None)()  # Connect has none
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(job)
        while not wait([found], timeout=parts.TELL).done:
            if say and status:
                steps = [step for i in status.getActiveStageIds() if (step := status.getStageInfo(i))]
                done, tasks = sum(step.numCompletedTasks for step in steps), sum(step.numTasks for step in steps)
                say(f"Spark: {done:,} of {tasks:,} tasks of the present step")
    try:
        found.result()
    except (PySparkException, Py4JError) as error:
        condition = error.getCondition() if isinstance(error, PySparkException) else None
        raise InputError(
            f"engine: Spark gave up ({condition or type(error).__name__}); its own log says why; "
            "engine: duckdb does the same on one machine"
        ) from None


def _wanted(spark, view, dealt: list[pa.Table], around: str):
    """(part, unit, unit_id) of all that each part can need, as `records.load` will find there."""
    found = []
    asked_and_objected = (
        "ANTI JOIN objected o ON unit.unit = 'resident' AND o.resident_id = unit.unit_id" if view.objected else ""
    )
    for part, pairs in enumerate(dealt):
        records.number(view.con, pairs.column("unit_id"), around)
        found.append(
            view.con.sql(
                f"SELECT CAST({part} AS INTEGER) AS part, unit, unit_id FROM unit {asked_and_objected}"
            ).to_arrow_table()
        )
    return spark.createDataFrame(pa.concat_tables(found)).persist()  # every table is joined to it


def _tall(spark, view, dealt: list[pa.Table], wanted, reads: Reads):
    """One frame of every row that a part needs: part, and a struct for each table, of which one in a row is given."""
    from pyspark.sql import functions as F

    asked = {"part": pa.array(range(len(dealt)), pa.int32()), PACKED: pa.array([_packed(pairs) for pairs in dealt])}
    frames = [spark.createDataFrame(pa.table(asked)).select("part", F.struct(PACKED).alias(ASKED))]
    kinds = _kinds(view, reads)
    for name in SHIPPED:
        if name not in view.tables or (name == "events" and not kinds):
            continue
        rows = _table(spark, view, name, reads)
        struct = F.struct(*map(_quoted, rows.columns)).alias(name)  # at once: an attribute may be called part
        unit, unit_id = ("unit", "unit_id") if name == "events" else KEYS[name]
        if name == "events":
            listed = [(F.col("agency") == agency) & (F.col("kind") == kind) for agency, kind in kinds]
            rows, unit = rows.where(reduce(or_, listed)), F.col(unit)
        else:
            unit = F.lit(unit)
        keyed = rows.select(unit.alias("unit"), F.col(unit_id).alias("unit_id"), struct)
        frames.append(keyed.join(wanted, ["unit", "unit_id"]).select("part", name))
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), frames)


def _kinds(view, reads: Reads) -> list[tuple[str, str]]:
    """The (agency, kind) of all events in the view that any selection may look at."""
    found = view.con.execute("SELECT DISTINCT agency, kind, role, ladder FROM events").fetchall()
    return sorted({row[:2] for row in found if any(Combo(*row).among(of) for of in reads.events)})


def _table(spark, view, name: str, reads: Reads):
    """The columns of a table that a part reads, in the types in which the driver sees them."""
    from pyspark.sql import functions as F
    from pyspark.sql.types import StructType

    path = f"{Path(view.location).resolve()}/{name}.parquet"
    seen = dict(row[:2] for row in view.con.execute(f"DESCRIBE {name}").fetchall())
    contract = {column.name for column in SHIPPED[name].columns} - {"event_id"}  # the one column that nothing reads
    asked = " ".join(sql for _, sql in (*reads.of_resident, *reads.of_property))
    seen = {column: type_ for column, type_ in seen.items() if column in contract or sql_name(column) in asked}
    # A Parquet column in which every row is empty may have no type of its own.
    held = {column: type_ for column, type_ in view.tables[name].items() if column in seen and type_ != '"NULL"'}
    strange = [column for column in seen if {seen[column], held.get(column, "DATE")} - SPARK_TYPES.keys()]
    if strange:
        raise InputError(*(f"{name}.{c}: Spark can't bring {seen[c]}; write it as text or a number" for c in strange))
    schema = StructType()
    for column, type_ in held.items():
        schema.add(column, SPARK_TYPES[type_])
    rows = spark.read.schema(schema).parquet("file://" + re.sub(r"([][*?{}\\])", r"\\\1", path))
    given = {column: F.col(_quoted(column)) if column in held else F.lit(None) for column in seen}
    return rows.select(*(value.cast(SPARK_TYPES[seen[column]]).alias(column) for column, value in given.items()))


def _quoted(column: str) -> str:
    return "`" + column.replace("`", "``") + "`"


def _on_part(reads: Reads, work: parts.Work, around: str, memory: str):
    """The function that a Spark worker runs on the rows of one part."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with tempfile.TemporaryDirectory(prefix="foresight-") as spill:
            config = {"memory_limit": memory, "threads": 1, "temp_directory": spill}  # a worker is a thread of Spark's
            with duckdb.connect(config=config | {"autoinstall_known_extensions": False}) as con:
                try:
                    pairs = _load(con, batches)
                    for result in parts.of_part(con, pairs, reads, work, around, threads=1):
                        yield _row(_packed(result), None)
                # Its message may quote a row, and Spark would log it: only the error's name leaves the worker.
                except Exception as error:
                    yield _row(None, type(error).__name__)

    return run


def _load(con: duckdb.DuckDBPyConnection, batches: Iterator[pa.RecordBatch]) -> pa.Table:
    """Give the connection the rows of a part as tables of the contract, and return its pairs."""
    rows: dict[str, list[pa.RecordBatch]] = {}
    for batch in batches:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            rows.setdefault(name, []).append(pa.RecordBatch.from_struct_array(column.drop_null()))
    [packed] = pa.Table.from_batches(rows.pop(ASKED)).column(PACKED)
    for name, table in SHIPPED.items():
        if name in rows:
            con.register(name, pa.Table.from_batches(rows[name]))
        else:
            con.execute(f"CREATE TABLE {name} ({', '.join(f'{c.name} {TYPES[c.type]}' for c in table.columns)})")
    return _unpacked(packed.as_buffer())


def _row(packed: bytes | None, fault: str | None) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array([packed], pa.binary()), pa.array([fault], pa.string())], names=[PACKED, FAULT]
    )


def _fault(name: str) -> Exception:
    """What a part failed of, as it would be told if it had failed here."""
    if name in ("MemoryError", "OutOfMemoryException"):
        return MemoryError()
    return InputError(f"engine: a part failed on Spark ({name}); engine: duckdb does the same here and says more")


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _unpacked(packed: bytes | pa.Buffer) -> pa.Table:
    return pa.ipc.open_stream(packed).read_all()
