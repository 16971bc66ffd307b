"""Does AWS allow this request? The decision engine: pure, no I/O.

`Policy.parse` compiles a document once, `decide(Request, World)` answers in microseconds and tells why.
"""

from featureshare.iam.decide import decide, walk_through
from featureshare.iam.document import Policy
from featureshare.iam.errors import DocumentError, IllFormed, Unsupported
from featureshare.iam.model import Decision, Finding, Level, Reason, Request, Strength, World

__all__ = [
    "Decision",
    "DocumentError",
    "Finding",
    "IllFormed",
    "Level",
    "Policy",
    "Reason",
    "Request",
    "Strength",
    "Unsupported",
    "World",
    "decide",
    "walk_through",
]
