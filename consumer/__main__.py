"""`python -m consumer` is `stream-publisher`."""

from consumer.cli import main

main()
