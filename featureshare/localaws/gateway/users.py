"""Long-term keys of IAM users, as moto keeps them."""

from datetime import UTC, datetime

from moto.iam.models import iam_backends

from featureshare.localaws.gateway.credentials import Credential


def credential(access_key: str) -> Credential | None:
    """The user behind an active access key; None for an unknown or inactive one."""
    for partitions in list(iam_backends.values()):
        for store in list(partitions.values()):
            for user in list(store.users.values()):
                for key in list(user.access_keys):
                    if key.access_key_id == access_key and key.status == "Active":
                        return Credential(
                            access_key=access_key,
                            secret=key.secret_access_key,
                            account=store.account_id,
                            arn=user.arn,
                            kind="user",
                            user_id=user.id,
                            issued=datetime.now(UTC),
                        )
    return None
