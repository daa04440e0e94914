"""The endpoints that the profile names."""

from typing import Any

import botocore.session

from consumer.aws.errors import SETUP_ERRORS


def profile_endpoints() -> dict[str, str]:
    """Return the profile's endpoints, each by how a person finds it in the file.

    A profile or a file that can't be used has none. Credentials are told to be missing then.
    """
    session = botocore.session.Session()
    try:
        profile, services = session.get_scoped_config(), session.full_config.get("services", {})
    except SETUP_ERRORS:
        return {}
    named = {"endpoint_url of the profile": profile.get("endpoint_url")}
    for service, settings in services.get(profile.get("services"), {}).items():
        named[f"endpoint_url of the profile's {service}"] = _endpoint(settings)
    return {name: url for name, url in named.items() if url}


def _endpoint(settings: Any) -> str | None:  # noqa: ANN401 - botocore reads whatever is written
    return settings.get("endpoint_url") if isinstance(settings, dict) else None
