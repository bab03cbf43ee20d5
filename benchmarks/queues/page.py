"""The figures as a section of docs/performance.md, and whether they are good enough.

Pure.
"""

from benchmarks.queues.measuring import BATCH, Pair

BEGIN, END = "<!-- queues: written by make bench/queues -->", "<!-- /queues -->"
LEAST_THROUGHPUT = 0.7
LARGEST_MARK = 1.15
_HOW = (
    "Measured by `make bench/queues` on {}, in one run, with and without in turns, first deciles. "
    "The bare statements keep the same promises for a table with the same indexes, without "
    "partition, trigger and functions; both tables were analyzed after the first batches, as "
    "autovacuum does.\n"
)


def throughput(queue: Pair) -> float:
    """Return the throughput by functions over that of the bare statements."""
    return queue.without_ms / queue.with_ms


def price_of_a_mark(marks: Pair) -> float:
    """Return the time of a result that marks its view over that of one that does not."""
    return marks.with_ms / marks.without_ms


def is_good(queue: Pair, marks: Pair) -> bool:
    """Tell whether both goals are reached."""
    return throughput(queue) >= LEAST_THROUGHPUT and price_of_a_mark(marks) <= LARGEST_MARK


def render(server: str, queue: Pair, marks: Pair) -> str:
    """Return the section, markers included."""
    rows = (
        (
            f"enqueue, claim and complete {BATCH}, throughput over the same three bare statements",
            f"at least {LEAST_THROUGHPUT}",
            f"{throughput(queue):.2f}",
            queue,
            throughput(queue) >= LEAST_THROUGHPUT,
        ),
        (
            "one result written, its view marked over not marked",
            f"at most {LARGEST_MARK} times",
            f"{price_of_a_mark(marks):.2f} times",
            marks,
            price_of_a_mark(marks) <= LARGEST_MARK,
        ),
    )
    return "\n".join(
        [
            BEGIN,
            "## Queues and views that refresh themselves\n",
            _HOW.format(server),
            "| goal | wanted | measured | with ms | without ms | samples | |",
            "|---|---|---|---|---|---|---|",
            *(
                f"| {goal} | {wanted} | {measured} | {pair.with_ms:,.2f} | {pair.without_ms:,.2f} "
                f"| {pair.samples} | {'reached' if reached else '**missed**'} |"
                for goal, wanted, measured, pair, reached in rows
            ),
            END,
        ]
    )
