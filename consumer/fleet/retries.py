"""Retries of calls that a command makes beside running workers."""

from collections.abc import Callable

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random_exponential


def retries(
    is_transient: Callable[[BaseException], bool],
    *,
    seconds: float,
    first_wait: float,
    longest_wait: float,
) -> Retrying:
    """Return a policy that retries transient errors, with random and growing waits.

    Args:
        is_transient: Whether an error is worth a retry. Any other error is raised at once.
        seconds: How long to retry. Then the last error is raised.
        first_wait: The longest wait before the second try, in seconds; it doubles each time.
        longest_wait: The longest wait of all, in seconds.
    """
    return Retrying(
        retry=retry_if_exception(is_transient),
        stop=stop_after_delay(seconds),
        wait=wait_random_exponential(multiplier=first_wait, max=longest_wait),
        reraise=True,
    )
