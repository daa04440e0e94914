"""A stand-in of Lambda's runtime, for a Python that has nothing but boto3 and the zip.

    python -S runtime.py HANDLER

Each line of standard input is an event; its answer is a line of standard output. What the handler
raises ends this process, as it fails an invocation.
"""

import importlib
import json
import sys


class Context:
    """What Lambda tells of an invocation that has a minute."""

    aws_request_id = "request-1"
    # Nobody's: streams on this machine are of accounts and regions of their own.
    invoked_function_arn = ""

    def get_remaining_time_in_millis(self) -> int:
        """A minute, always."""
        return 60_000


def main() -> None:
    """Import the handler, as at a cold start, and hand it one event after the other."""
    module, name = sys.argv[1].rsplit(".", 1)
    handle = getattr(importlib.import_module(module), name)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(handle(json.loads(line), Context())) + "\n")


if __name__ == "__main__":
    main()
