"""How `stream-publisher backfill` shows what it is about to do."""

from collections.abc import Mapping

from consumer.backfill.claim import PreparedBackfill
from consumer.backfill.plan import BackfillPlan
from consumer.terminal.blocks import print_block
from consumer.terminal.durations import duration
from consumer.terminal.output import Console

_CENT = 0.01

_ABOUT = (
    "The figures are estimates: DynamoDB counts a table's items and bytes about every six hours. "
    "The prices are list prices of us-east-1, on demand; docs/deploy.md has them."
)


def print_plan(console: Console, prepared: PreparedBackfill, plan: BackfillPlan) -> None:
    """Print what will be read, published and paid."""
    backfill = prepared.backfill
    done = f" goes on after {backfill.items:,} items" if backfill.items else ""
    print_block(console, f"Backfill of {backfill.table}{done}", _facts(prepared, plan), _ABOUT)


def _facts(prepared: PreparedBackfill, plan: BackfillPlan) -> Mapping[str, str]:
    return {
        "to": prepared.backfill.topic_arn,
        "items": f"about {plan.items:,}, each published as a SNAPSHOT",
        "messages": f"about {plan.messages:,}",
        "read units": f"about {plan.read_units:,}",
        "time": f"at least {duration(plan.minutes * 60)}",
        "dollars": f"about {max(plan.dollars, _CENT):,.2f}",
        **({"earlier": _earlier(prepared)} if prepared.ended_run else {}),
    }


def _earlier(prepared: PreparedBackfill) -> str:
    return f"the whole table was published before, by run {prepared.ended_run}"
