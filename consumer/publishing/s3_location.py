"""The location of an object in S3."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class S3Location:
    """An object in S3.

    Attributes:
        bucket: The bucket's name.
        key: The object's key in it.
    """

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"
