"""What a dead letter must be before anything is done with it: anybody may send to a queue."""

from dataclasses import dataclass

from consumer.publishing.dead_letter import DeadLetter, Envelope, record_key
from consumer.publishing.s3_location import S3Location


@dataclass(frozen=True, slots=True)
class Home:
    """Where this application's dead letters come from.

    Attributes:
        table: The table whose changes are published.
        bucket: The claim check's bucket; None where there is none.
    """

    table: str
    bucket: str | None

    def why_foreign(self, dead_letter: DeadLetter, envelope: Envelope) -> str | None:
        """Return why a dead letter is not this application's; None where it is.

        A record is fetched from one place only: a dead letter could name any object that these
        credentials may read, and so have it shown or published.
        """
        if envelope.table != self.table:
            return f"is of table {envelope.table!r}, not of {self.table!r}"
        named = dead_letter.elsewhere
        if named is None:
            return None
        if self.bucket is None:
            return f"names {named}, and publisher.claimCheckBucket is not set"
        right = S3Location(self.bucket, record_key(dead_letter, envelope))
        return None if named == right else f"names {named}; its record can only be at {right}"
