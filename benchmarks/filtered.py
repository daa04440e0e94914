"""What CPU a record costs that is filtered out, beside one that is published.

    .venv/bin/python -m benchmarks.filtered [--records 100000] [--json]

The record processor of one shard, as in `benchmarks.processor`: in this process, from the daemon's
lines to boto3's requests, which get their answers here at once. Each run has the same records. The
filter names two attributes and a range of numbers, and lets nothing through, or everything.
"""

import json
import os
from collections.abc import Iterator

import click
from rich.console import Console
from rich.table import Table

from benchmarks.processor import AnsweredSns, lines_of, publish

RUNS = {
    "published, no filter": None,
    "published, the filter lets all through": [">", 0],
    "filtered out": ["<", 0],
}


def pattern(numbers: list[object]) -> str:
    """A filter that wants these numbers, and two attributes."""
    image = {"id": {"S": [{"exists": True}]}, "amount": {"N": [{"numeric": numbers}]}}
    return json.dumps({"eventName": ["INSERT", "MODIFY"], "dynamodb": {"NewImage": image}})


def measure(records: int) -> Iterator[dict[str, object]]:
    """Yield the figures of each run."""
    lines = lines_of(records)
    for name, numbers in RUNS.items():
        sns = AnsweredSns(0)
        run = publish(lines, sns.client, 10, pattern(numbers) if numbers else None)
        yield {
            "records": name,
            "CPU ms a record": round(run["cpu"] * 1000 / records, 4),
            "CPU s a million": round(run["cpu"] * 1_000_000 / records, 1),
            "calls to SNS": sns.calls,
        }


@click.command()
@click.option("--records", default=100_000, show_default=True, help="Records of each run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def main(records: int, *, as_json: bool) -> None:
    """Measure the CPU of filtered records against that of published ones."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nobody"}
    with Console(stderr=True).status("Publishing"):
        runs = list(measure(records))
    if as_json:
        click.echo(json.dumps(runs))
        return
    table = Table(*runs[0], title="A record processor of one shard")
    for run in runs:
        table.add_row(*map(str, run.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
