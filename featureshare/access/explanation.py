"""What an explanation consists of: the links of a chain, up to the first broken one, and what to do."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Link:
    """One link of the chain: `ok`, and the document and statement that decide it."""

    name: str
    ok: bool
    text: str
    document: str = ""
    sid: str = ""


@dataclass
class Explanation:
    """What was asked, the links up to the first broken one, and what to do."""

    principal: str
    action: str
    resource: str
    allowed: bool = False
    links: list[Link] = field(default_factory=list)
    advice: str = ""
    on_purpose: bool = False

    @property
    def broken(self) -> Link | None:
        """The first link that does not hold."""
        return next((link for link in self.links if not link.ok), None)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        broken = self.broken
        return {
            "principal": self.principal,
            "action": self.action,
            "resource": self.resource,
            "allowed": self.allowed,
            "links": [vars(link) for link in self.links],
            "broken": None if broken is None else vars(broken),
            "on_purpose": self.on_purpose,
            "advice": self.advice,
        }
