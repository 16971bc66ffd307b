"""A local AWS in this process, on a free port, with an organization and roles that tests make."""

from collections.abc import Callable, Iterator

import pytest
from gateway_support import MANAGEMENT, OTHER, OWNER, PLATFORM, REGION, Aws, allow, trust

from featureshare.localaws.control import LocalAWS
from featureshare.localaws.gateway import emulator
from featureshare.localaws.server import run


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    emulator.reset()
    running = run(region=REGION)
    control = LocalAWS(running.endpoint, running.token)
    control.land(
        {
            "management_account": MANAGEMENT,
            "organization_id": "o-featureshar",
            "region": REGION,
            "accounts": {OWNER: "owner", OTHER: "other"},
            "platform_role": PLATFORM,
            "roles": {
                "platform": {
                    "account": MANAGEMENT,
                    "name": "platform",
                    "trust": trust({"AWS": MANAGEMENT}),
                    "policies": {"all": allow("sts:*")},
                }
            },
            "buckets": {"state-bucket": {"account": MANAGEMENT}},
        }
    )
    yield Aws(running, control)
    running.close()
    emulator.reset()


@pytest.fixture(scope="module")
def admin(aws: Aws) -> str:
    """A role of the owner's account that may do anything, for setting things up."""
    return aws.role("admin", allow("*"))


@pytest.fixture(scope="module")
def bucket(aws: Aws, admin: str) -> Callable[..., str]:
    """Makes a bucket with objects and, if given, a bucket policy (`{bucket}` stands for its ARN)."""

    def make(name: str, *keys: str, policy: str | None = None) -> str:
        s3 = aws.as_role("s3", admin)
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        for key in keys:
            s3.put_object(Bucket=name, Key=key, Body=key.encode())
        if policy is not None:
            s3.put_bucket_policy(Bucket=name, Policy=policy)
        return f"arn:aws:s3:::{name}"

    return make
