"""Keys and variables that are no setting's, and what they may have been meant as."""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

from consumer.settings.variables import bare

_ALIKE = 0.7

# kclpy's build reads it; it is no setting of the daemon.
_NOT_OURS = frozenset({"KCL_MVN_REPO_SEARCH_URL"})

# In a pod each service of its name space stands in the environment, one called `publisher` too.
_OF_KUBERNETES = re.compile(r"_SERVICE_HOST$|_SERVICE_PORT(_\w+)?$|_PORT(_\d+_(TCP|UDP|SCTP)\w*)?$")


def unknown_keys(
    keys: Iterable[str],
    known: Collection[str],
    reasons: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[str]:
    """Yield a line for each key of a properties file that is no setting's.

    Args:
        keys: The file's keys.
        known: The keys of all settings.
        reasons: Why a key that somebody may expect is none, and what to do.
    """
    for key in keys:
        if key not in known:
            reason = reasons.get(key) or f"is not a known key{_nearest(key, known)}"
            yield f"{key}: {reason}"


def unknown_variables(
    environ: Iterable[str], known: Collection[str], prefixes: tuple[str, ...]
) -> Iterator[str]:
    """Yield a line for each variable that looks like a setting's and is none.

    Args:
        environ: The names of all variables.
        known: The variables of all settings.
        prefixes: How variables of settings begin.
    """
    ours = {name for name in environ if name.startswith(prefixes) and name not in known}
    for name in sorted(ours - _NOT_OURS):
        if not _OF_KUBERNETES.search(name):
            yield f"{name}: is not a known variable{_nearest(name, known)}"


def _nearest(name: str, known: Iterable[str]) -> str:
    """Return the end of a line about an unknown name: what it may be meant as.

    Prefixes are left out of the comparison: they would make any two names alike, and the right name
    behind the wrong one is found without.
    """
    lowered = {bare(candidate).lower(): candidate for candidate in known}
    near = difflib.get_close_matches(bare(name).lower(), lowered, n=1, cutoff=_ALIKE)
    return f"; did you mean {lowered[near[0]]}?" if near else "; remove it"
