"""Corrections inside moto, for what cannot be answered by a handler of ours in front of it.

Each module corrects one moto service. They reach into moto, so they apply to exactly one version of it.
"""

import moto

from featureshare.errors import FeatureShareError
from featureshare.localaws.patches import (
    athena,
    batch,
    cloudwatch,
    cognito,
    config,
    dynamodb,
    ecr,
    ecs,
    emrserverless,
    events,
    flowlogs,
    functions,
    glue,
    iam,
    kinesis,
    kms,
    logs,
    networks,
    pipelines,
    pipes,
    prefixlists,
    s3,
    sagemaker,
    secrets,
    securitygroups,
    sns,
    sqs,
    trails,
    versions,
)

MOTO = "5.2.5"
_MODULES = (
    athena,
    batch,
    cloudwatch,
    cognito,
    config,
    dynamodb,
    ecr,
    ecs,
    emrserverless,
    events,
    flowlogs,
    functions,
    glue,
    iam,
    kinesis,
    kms,
    logs,
    networks,
    pipelines,
    pipes,
    prefixlists,
    s3,
    sagemaker,
    secrets,
    securitygroups,
    sns,
    sqs,
    trails,
    versions,
)
_applied = False


def apply() -> None:
    """Applies every correction, once. Raises FeatureShareError when another version of moto is installed."""
    global _applied
    if moto.__version__ != MOTO:
        raise FeatureShareError(
            f"The local AWS needs moto {MOTO}, found {moto.__version__}. Install it: pip install 'moto=={MOTO}'."
        )
    if not _applied:
        for module in _MODULES:
            module.apply()
        _applied = True
