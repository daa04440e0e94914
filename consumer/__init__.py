"""Publishes every change of a DynamoDB table to an SNS topic, in batches, and loses none.

The package is three rings: `core` decides and does no I/O; `adapters` speak to SNS, the daemon
and the log; `child`, `daemon` and `cli` are where programs start and parts are wired together.
"""

__version__ = "0.1.0"
