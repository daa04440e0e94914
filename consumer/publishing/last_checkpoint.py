"""How far a shard is published, kept in memory."""


class LastCheckpoint:
    """A checkpointer that remembers the last checkpoint.

    Attributes:
        reached: That checkpoint; None until there is one.
    """

    def __init__(self) -> None:
        self.reached: str | None = None

    def checkpoint(self, sequence_number: str) -> None:
        """Remember that everything up to and including this sequence number is published."""
        self.reached = sequence_number

    def wait_until_made(self) -> None:
        """Return: it is made at once."""

    def checkpoint_shard_end(self) -> None:
        """Do nothing: Lambda wants no word of a shard's end."""
