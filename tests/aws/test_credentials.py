"""Credentials are looked for again where there are none, and once they fail."""

from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.credentials import Credentials
from botocore.exceptions import CredentialRetrievalError, NoCredentialsError

from consumer.aws.credentials import PAUSE_SECONDS, RenewedCredentials, renewing_session
from consumer.delivery.retries import Clocks
from consumer.publishing.messages import encode_message
from tests.builders import FORM, a_batch
from tests.delivery.guarded_sns import TOPIC, guarded_sns, only_in, write_keys
from tests.fakes import FakeJournal, a_publisher

REGION = "eu-west-1"
MESSAGE = encode_message(a_batch(1, 10), FORM)


def refusal(code: str) -> dict[str, Any]:
    """An answer with an error, as botocore has read it."""
    return {"Error": {"Code": code}}


class Shelf:
    """Where credentials are looked for.

    Attributes:
        there: What is found: a key, or how the look fails.
        looks: How often it was looked for.
    """

    def __init__(self, there: str | Exception | None = None) -> None:
        self.there, self.looks, self.now = there, 0, 0.0
        self.credentials = RenewedCredentials(self.look, lambda: self.now)

    def look(self) -> Credentials | None:
        """Look once."""
        self.looks += 1
        if isinstance(self.there, Exception):
            raise self.there
        return Credentials(self.there, "secret") if self.there else None

    @property
    def key(self) -> str | None:
        """What a request is signed with now."""
        frozen = self.credentials.get_frozen_credentials()
        return frozen.access_key if frozen else None


def test_keys_that_are_renewed_in_a_file_are_taken_by_the_next_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator renews them and does nothing else."""
    file = tmp_path / "credentials"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in only_in(file).items():
        monkeypatch.setenv(name, value)
    write_keys(file, "OLD")
    journal = FakeJournal()

    def renew(_seconds: float) -> None:
        assert len(journal.events) == 1
        write_keys(file, "NEW")

    with guarded_sns("NEW") as url:
        session = boto3.Session(botocore_session=renewing_session(REGION))
        sns = session.client("sns", region_name=REGION, endpoint_url=url)
        topic = a_publisher(sns, TOPIC, journal=journal, clocks=Clocks(sleep=renew))
        receipt = topic.publish(MESSAGE)

    assert receipt.attempts == 2
    assert journal.events == ["publish_blocked"]
    assert "InvalidClientTokenId" in str(journal.notes[0][1]["error"])


def test_what_is_found_is_kept() -> None:
    """However many requests are signed with it, in however many processes."""
    shelf = Shelf("key")
    shelf.credentials.load_credentials()

    assert [shelf.key for _ in range(3)] == ["key"] * 3
    assert shelf.looks == 1
    assert shelf.credentials.get_deferred_property("account_id")() is None


def test_what_was_not_there_for_the_first_client_is_looked_for_at_the_first_request() -> None:
    """Without a pause: a record processor may be forked a moment later."""
    shelf = Shelf()
    shelf.credentials.load_credentials()
    shelf.there = "key"

    assert (shelf.key, shelf.looks) == ("key", 2)


def test_a_look_that_fails_for_the_first_client_is_not_the_end() -> None:
    """The client is made, and looks again with the first request."""
    shelf = Shelf(OSError("the token's file is gone"))
    shelf.credentials.load_credentials()
    shelf.there = "key"

    assert shelf.key == "key"


def test_calls_side_by_side_look_once_in_a_while() -> None:
    """Whoever gives credentials is not asked by each of them."""
    shelf = Shelf()
    nothing = [shelf.key for _ in range(3)]
    looks = shelf.looks
    shelf.there, shelf.now = "key", PAUSE_SECONDS

    assert (nothing, looks) == ([None] * 3, 1)
    assert (shelf.key, shelf.looks) == ("key", 2)


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidAccessKeyId", "AuthorizationError"])
def test_what_is_refused_is_looked_for_again(code: str) -> None:
    """Others may be there: renewed, or of a role with the right that was wanting."""
    shelf = Shelf("old")
    before, shelf.there, shelf.now = shelf.key, "new", PAUSE_SECONDS
    shelf.credentials.learn(parsed=refusal(code))

    assert (before, shelf.key) == ("old", "new")


@pytest.mark.parametrize("parsed", [refusal("NotFound"), refusal("Throttling"), {}])
def test_what_is_no_matter_of_credentials_leaves_them_alone(parsed: dict[str, Any]) -> None:
    """A topic that is gone, for example, or an answer without an error."""
    shelf = Shelf("old")
    before, shelf.there, shelf.now = shelf.key, "new", PAUSE_SECONDS
    shelf.credentials.learn(parsed=parsed)

    assert (before, shelf.key) == ("old", "old")


def test_what_is_refused_is_better_than_nothing() -> None:
    """Where no other is found, the log goes on saying what is wrong with it."""
    shelf = Shelf("old")
    before, shelf.there, shelf.now = shelf.key, None, PAUSE_SECONDS
    shelf.credentials.learn(parsed=refusal("ExpiredToken"))

    assert (before, shelf.key) == ("old", "old")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError("no such file"), "OSError: no such file"),
        (CredentialRetrievalError(provider="a role", error_msg="late"), "from a role: late"),
    ],
)
def test_a_look_that_fails_is_an_operators_matter_and_made_again(
    error: Exception, said: str
) -> None:
    """Whatever it fails for: no record is to blame, and no process ends of it."""
    shelf = Shelf(error)
    with pytest.raises(CredentialRetrievalError, match=said):
        _ = shelf.key
    shelf.there, shelf.now = "key", PAUSE_SECONDS

    assert shelf.key == "key"


class Ticks:
    """A clock that is a minute later each time."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time."""
        self.now += 60
        return self.now


class Expired(Credentials):
    """Temporary credentials that can't be renewed by whoever gave them."""

    def get_frozen_credentials(self) -> Any:  # noqa: ANN401 - never returns
        """Fail as botocore does."""
        raise RuntimeError("the refreshed credentials are still expired")


def test_credentials_that_cant_be_renewed_are_looked_for_in_every_place() -> None:
    """A role that was assumed with keys from a file, which are others now."""
    found: list[Credentials] = [Expired("old", "secret"), Credentials("new", "secret")]
    credentials = RenewedCredentials(lambda: found.pop(0), Ticks())
    with pytest.raises(CredentialRetrievalError, match="still expired"):
        credentials.get_frozen_credentials()
    frozen = credentials.get_frozen_credentials()

    assert frozen
    assert frozen.access_key == "new"


def test_without_credentials_a_request_fails_as_it_does_with_boto3() -> None:
    """The log then says that none were found."""
    session = renewing_session(REGION)
    session.register_component("credential_provider", Shelf().credentials)
    sns = boto3.Session(botocore_session=session).client("sns", region_name=REGION)
    with pytest.raises(NoCredentialsError):
        sns.publish(TopicArn=TOPIC, Message="x")
