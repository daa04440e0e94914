"""Endpoints are encrypted, or on this machine: images and credentials' signatures go there."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from consumer.settings.rules import Value

_VARIABLE = "AWS_ENDPOINT_URL"
_HTTP = re.compile(r"\s*http://([^/?#\\]*@)?(?P<host>\[[^]]*\]|[^/?#\\:]*)", re.IGNORECASE)
_JAVA_VARIABLES = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")
_JAVA_OPTION = re.compile(r"-D(aws\.endpointUrl\w*)=(\S+)")


def check_endpoints(
    environ: Mapping[str, str], profile: Mapping[str, str], found: Mapping[str, Value]
) -> Iterator[str]:
    """Yield a line for each endpoint that others on the way could read.

    Args:
        environ: The environment, whose endpoints both SDKs take.
        profile: Endpoints of the profile, by how a person finds them there.
        found: Values of settings by name. What can't be read is not there.
    """
    if found.get("allow_http_endpoints") is not False:
        return
    named = {
        **profile,
        **_in_environment(environ),
        **_in_java(environ),
        **_in_options("publisher.javaOptions", found.get("java_options")),
        "dynamoDBEndpoint": found.get("dynamo_db_endpoint"),
    }
    for name, url in named.items():
        if url and _is_readable_by_others(str(url)):
            # Without the URL, which may have a password.
            yield (
                f"{name}: is an http:// endpoint of another machine, which others on the way can "
                "read; name an https:// endpoint, or set publisher.allowHttpEndpoints = true"
            )


def _is_readable_by_others(url: str) -> bool:
    found = _HTTP.match(url)
    return found is not None and not _is_this_machine(found["host"].strip("[]").lower())


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _in_environment(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: url
        for name, url in environ.items()
        if name == _VARIABLE or name.startswith(f"{_VARIABLE}_")
    }


def _in_java(environ: Mapping[str, str]) -> dict[str, str]:
    found = (_in_options(variable, environ.get(variable)) for variable in _JAVA_VARIABLES)
    return {name: url for each in found for name, url in each.items()}


def _in_options(where: str, options: Value) -> dict[str, str]:
    named = _JAVA_OPTION.findall(str(options or ""))
    return {f"{name} in {where}": url for name, url in named}
