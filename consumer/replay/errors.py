"""Why a replay isn't done."""


class ReplayError(Exception):
    """The replay can't be done. The text says why, and what to do."""


class LeasesChangedError(Exception):
    """A shard has ended, or a lease came or went, since the plan was made: plan again."""


class OtherReplayError(Exception):
    """Another replay was done since the plan was made."""
