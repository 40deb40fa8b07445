"""Embeds a corpus on a Spark cluster: every partition is piped through one `headstart embed`.

    spark-submit scripts/spark/embed.py tweets.csv vectors --partitions 16

Rows go to headstart as an Arrow stream and come back with one column more, `vector`. Spark retries a partition whose
headstart fails, and commits the output of whole partitions only, so that a lost machine costs its share of the work and
nothing else. See README.md beside this file.
"""

import argparse
import shlex
import subprocess
import threading
from collections import deque

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import ArrayType, FloatType, StringType, StructField, StructType

VECTOR = "vector"
LINES_KEPT = 20
"""Of what a failed headstart said on stderr: its error is the last line."""


SECONDS_TO_END = 30
"""For a child whose output has ended or makes no sense; then it is killed."""


class HeadstartFailed(RuntimeError):
    """A headstart that did not end with 0; the message holds the end of its stderr."""


def piped(batches, command):
    """Sends record batches through a child process that reads and writes Arrow streams; yields its batches.

    The child is started with the first batch, so that an empty partition loads no encoder. Both pipes hold back whoever
    is faster: neither the input nor the output of a partition is ever in memory as a whole.
    """
    batches = iter(batches)
    first = next(batches, None)
    if first is None:
        return
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    feeder = Feeder(child.stdin, first, batches)
    said = deque(maxlen=LINES_KEPT)
    listener = threading.Thread(target=lambda: said.extend(child.stderr), daemon=True)
    feeder.start()
    listener.start()
    try:
        try:
            with pa.ipc.open_stream(child.stdout) as reader:
                yield from reader
        except (pa.ArrowInvalid, OSError) as error:
            raise failure(child, listener, said, command) from error
        # A stream can be complete and the child fail after it; and the input's own error says more than the child's.
        feeder.join()
        if feeder.error is not None:
            raise feeder.error
        if child.wait() != 0:
            raise failure(child, listener, said, command)
    finally:
        # Also reached when Spark wants no more rows: the child must not outlive its task.
        child.kill()
        child.wait()
        feeder.join()
        listener.join()
        child.stdout.close()
        child.stderr.close()


class Feeder(threading.Thread):
    """Writes batches to a pipe while another thread reads what becomes of them."""

    def __init__(self, pipe, first, batches):
        super().__init__(daemon=True)
        self.pipe, self.first, self.batches = pipe, first, batches
        self.error = None

    def run(self):
        try:
            with self.pipe, pa.ipc.new_stream(self.pipe, self.first.schema) as writer:
                writer.write_batch(self.first)
                for batch in self.batches:
                    writer.write_batch(batch)
        except BrokenPipeError:
            pass  # the child has ended, and its status says why
        except Exception as error:  # handed to the task by `piped`
            self.error = error


def failure(child, listener, said, command):
    try:
        status = child.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        child.kill()
        status = child.wait()
    listener.join()
    lines = b"".join(said).decode("utf-8", "replace").rstrip()
    return HeadstartFailed(f"{shlex.join(command)} ended with {status}:\n{lines}")


def with_lists(batch):
    """Spark knows lists of any length only; the numbers are the same memory."""
    vector = batch.column(VECTOR)
    width = vector.type.list_size
    offsets = pa.array(range(0, (len(vector) + 1) * width, width), pa.int32())
    lists = pa.ListArray.from_arrays(offsets, vector.flatten())
    return batch.set_column(batch.schema.get_field_index(VECTOR), VECTOR, lists)


def embed(frame: DataFrame, command) -> DataFrame:
    """`frame` with a column `vector`, an array of floats; one headstart a partition. Row order within it is kept."""
    schema = StructType([*frame.schema.fields, StructField(VECTOR, ArrayType(FloatType(), False), False)])
    return frame.mapInArrow(lambda batches: (with_lists(batch) for batch in piped(batches, command)), schema)


def read_corpus(spark: SparkSession, arguments) -> DataFrame:
    """All columns as strings, quotes as in RFC 4180, and an empty text as a text, as headstart itself reads them."""
    delimiter = "\t" if arguments.input.endswith((".tsv", ".tsv.gz")) else arguments.delimiter
    frame = spark.read.csv(
        arguments.input, header=True, sep=delimiter, multiLine=True, quote='"', escape='"', nullValue=None, emptyValue=""
    )
    return frame.fillna("", subset=[f.name for f in frame.schema.fields if isinstance(f.dataType, StringType)])


def parse_arguments():
    parser = argparse.ArgumentParser(description="Embed a corpus with headstart on a Spark cluster.")
    parser.add_argument("input", help="CSV or TSV files with a header, also .gz; any path that Spark reads")
    parser.add_argument("output", help="folder of Parquet files that is made")
    parser.add_argument("--partitions", type=int, required=True, help="encoders that are loaded; a few a worker")
    parser.add_argument("--text-column", default="text")
    parser.add_argument("--delimiter", default=",")
    parser.add_argument("--headstart", default="headstart", help="the command on the workers (default: headstart)")
    parser.add_argument("--encoder", help="as --encoder of headstart embed; there on every worker, or to be had there")
    parser.add_argument("--threads", type=int, default=1, help="of each encoder: the cores of a task (default: 1)")
    parser.add_argument("--flags", default="", help='more flags of headstart embed, such as "--max-tokens 128"')
    return parser.parse_args()


def command_of(arguments):
    command = [*shlex.split(arguments.headstart), "embed", "-", "--from", "arrow", "--to", "arrow", "-o", "-"]
    command += ["--text-column", arguments.text_column, "--threads", str(arguments.threads)]
    if arguments.encoder:
        command += ["--encoder", arguments.encoder]
    return command + shlex.split(arguments.flags)


def main():
    arguments = parse_arguments()
    spark = SparkSession.builder.appName("headstart embed").getOrCreate()
    corpus = read_corpus(spark, arguments)
    if arguments.text_column not in corpus.columns:
        raise SystemExit(f"{arguments.input} has no column {arguments.text_column}, only {', '.join(corpus.columns)}")
    # Whatever the files are cut into: a partition costs the loading of an encoder, and the slowest one is waited for.
    # Spark sorts before it deals rows out, so that a task that is done again gets the very rows that it had.
    rows = corpus.repartition(arguments.partitions)
    embed(rows, command_of(arguments)).write.mode("errorifexists").parquet(arguments.output)
    spark.stop()


if __name__ == "__main__":
    main()
