"""A bucket is answered for in its own Region only; elsewhere S3 says where it is.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html: a client that was sent to another Region's
endpoint gets a permanent redirect. SDKs for Python and the console follow it, Terraform's AWS provider does not.
"""

from featureshare.localaws.gateway.estate import MotoEstate
from featureshare.localaws.gateway.protocol import ParsedCall
from featureshare.localaws.invocation import ServiceError

_ANYWHERE = frozenset({"CreateBucket", "GetBucketLocation"})  # one has no bucket yet, the other asks just that


class ElsewhereError(ServiceError):
    """The bucket is in another Region: `region` is its own, which the answer names in a header."""

    def __init__(self, bucket: str, region: str) -> None:
        super().__init__(
            "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the specified endpoint. "
            f"Please send all future requests to this endpoint: {bucket}.s3.{region}.amazonaws.com",
            301,
        )
        self.region = region


def check_region(call: ParsedCall, region: str, estate: MotoEstate) -> None:
    """Raises ElsewhereError for a call on a bucket that is not in `region`, the one that the request was signed for.

    The source of a copy may be anywhere.
    """
    if call.service != "s3" or call.operation in _ANYWHERE:
        return
    name = str(call.params.get("Bucket") or "")
    bucket = estate.raw_bucket(name)
    if bucket is not None and bucket.region_name != region:
        raise ElsewhereError(name, bucket.region_name)
