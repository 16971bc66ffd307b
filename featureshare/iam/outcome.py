"""The layers' answers to one request, and the result they add up to."""

from featureshare.iam.model import IMPLICITLY_DENIED, Finding, Level, Strength
from featureshare.iam.services import Regime


class Outcome:
    """What `evaluate` found. `boundary` and `session` are None where there is no such layer.

    `missing` names the layers whose Allow was needed and did not come, `refusals` (rule, text) what a service never
    lets anyone do, `uncovered` why the resource policy does not reach the resource.
    """

    __slots__ = (
        "boundary",
        "cross_account",
        "faults",
        "identity",
        "missing",
        "object_owner",
        "rcps_apply",
        "refusals",
        "regime",
        "result",
        "scps_apply",
        "session",
        "silent_scps",
        "strength",
        "uncovered",
    )

    def __init__(self) -> None:
        self.result: str = IMPLICITLY_DENIED
        self.regime: Regime = Regime.ORDINARY
        self.cross_account: bool = False
        self.scps_apply: bool = False
        self.rcps_apply: bool = False
        self.faults: tuple[Finding, ...] = ()
        self.silent_scps: tuple[Level, ...] = ()
        self.strength: Strength = Strength.NONE
        self.identity: bool = False
        self.boundary: bool | None = None
        self.session: bool | None = None
        self.refusals: tuple[tuple[str, str], ...] = ()
        self.uncovered: str = ""
        self.object_owner: str | None = None
        self.missing: tuple[str, ...] = ()
