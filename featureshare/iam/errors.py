"""What can be wrong with a policy document, or with a request put to the engine."""

from featureshare.errors import FeatureShareError


class DocumentError(FeatureShareError):
    """A policy document cannot be compiled, so nothing it is part of may be allowed.

    `document` is the name it was parsed under, `where` the place inside it (`Statement[1].Condition`), `rule` what
    must hold there.
    """

    def __init__(self, document: str, where: str, rule: str) -> None:
        self.document = document
        self.where = where
        self.rule = rule
        place = ": ".join(part for part in (document, where) if part)
        super().__init__(f"{place}: {rule}" if place else rule)


class IllFormed(DocumentError):
    """AWS would refuse to store this document."""


class Unsupported(DocumentError):
    """The document uses something that this engine does not decide; it is denied and named, never guessed."""
