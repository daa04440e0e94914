"""Credentials that are looked for again: while there are none, and once they fail.

botocore looks for them once, when it makes a client. What it doesn't find then, and what
is renewed in a file later, it never learns of; a record processor must.
"""

import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

import boto3
import botocore.session
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import CredentialRetrievalError

from consumer.aws.explain import concerns_credentials

Find = Callable[[], Credentials | None]
"""Looks for credentials in every place; returns None where there are none."""

PAUSE_SECONDS = 10.0
"""Minimum time between two searches, so that calls that fail together cause only one."""


class RenewedCredentials:
    """What botocore asks before it signs a request.

    Args:
        find: Looks for credentials anew.
        clock: Seconds that never go back.
    """

    def __init__(self, find: Find, clock: Callable[[], float] = time.monotonic) -> None:
        self._find, self._clock = find, clock
        self._lock = threading.Lock()
        self._found: Credentials | None = None
        self._is_doubted, self._paused_until = True, -math.inf

    def load_credentials(self) -> Self:
        """Look for them now, as botocore does for a session's first client.

        What is found is there for each process that is forked from this one; where nothing is, each
        looks by itself as soon as it needs them.
        """
        with suppress(CredentialRetrievalError):
            self.get_frozen_credentials()
        self._paused_until = -math.inf
        return self

    def get_frozen_credentials(self) -> ReadOnlyCredentials | None:
        """Return what a request is signed with; None where there is nothing.

        Raises:
            CredentialRetrievalError: They can't be had; whatever the reason is, no record is to
                blame for it.
        """
        try:
            found = self._renewed()
            return found.get_frozen_credentials() if found else None
        except Exception as error:
            self._is_doubted = True
            if isinstance(error, CredentialRetrievalError):
                raise
            text = f"{type(error).__name__}: {error}"
            raise CredentialRetrievalError(provider="where they are", error_msg=text) from error

    def get_deferred_property(self, name: str) -> Callable[[], Any]:
        """Return what gives a property, as botocore wants it."""
        return lambda: getattr(self.get_frozen_credentials(), name, None)

    def learn(self, **facts: Any) -> None:  # noqa: ANN401 - botocore's, of an answered request
        """Learn of an answer; look again before the next request if they may be to blame."""
        if concerns_credentials(facts["parsed"].get("Error", {}).get("Code", "")):
            self._is_doubted = True

    def _renewed(self) -> Credentials | None:
        with self._lock:
            if self._is_doubted and self._clock() >= self._paused_until:
                try:
                    found = self._find()
                finally:
                    self._paused_until = self._clock() + PAUSE_SECONDS
                self._is_doubted = found is None
                self._found = found or self._found
            return self._found


def renewing_session(region: str) -> botocore.session.Session:
    """Return a session whose clients go on once there are credentials that are taken.

    Args:
        region: The region of whoever must be asked for credentials, if the environment names none.
    """
    # Each search begins with a session of its own: one keeps what it has read.
    credentials = RenewedCredentials(lambda: boto3.Session(region_name=region).get_credentials())
    session = botocore.session.Session()
    session.register_component("credential_provider", credentials)
    session.register("after-call", credentials.learn)
    return session
