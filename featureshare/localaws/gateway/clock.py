"""The time of the local AWS: wall time plus an offset that tests move forward."""

from datetime import UTC, datetime, timedelta


class Clock:
    """`now` decides expiry and time conditions; `wall` decides signature ages, because clients sign in wall time."""

    def __init__(self) -> None:
        self._offset = timedelta(0)

    def wall(self) -> datetime:
        return datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> None:
        self._offset += timedelta(seconds=seconds)
