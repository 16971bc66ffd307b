"""S3 operations that moto takes for others: it answers a sub-resource it does not know by listing the bucket.

They are answered here as S3 answers for a bucket on which nobody has set them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from featureshare.localaws.gateway.estate import MotoEstate
from featureshare.localaws.gateway.protocol import ParsedCall
from featureshare.localaws.invocation import ServiceError


def _not_offered() -> Mapping[str, Any]:
    raise ServiceError("NotImplemented", "The local AWS does not offer this operation of S3.", 501)


_ANSWERS: dict[str, Callable[[], Mapping[str, Any]]] = {
    "GetBucketAbac": lambda: {"AbacStatus": {"Status": "Disabled"}},
    "PutBucketAbac": _not_offered,
}


def answer(call: ParsedCall, estate: MotoEstate) -> Mapping[str, Any] | None:
    """The output of an operation that moto lacks; None for every other. Raises ServiceError as S3 would."""
    made = _ANSWERS.get(call.operation) if call.service == "s3" else None
    if made is None:
        return None
    if estate.bucket(str(call.params.get("Bucket"))) is None:
        raise ServiceError("NoSuchBucket", "The specified bucket does not exist", 404)
    return made()
