"""moto's SageMaker pipelines: a definition in S3 is shown as the JSON that it is; what is missing is not found."""

import json
from collections.abc import Mapping
from typing import Any

from moto.sagemaker import models, utils
from moto.sagemaker.exceptions import ResourceNotFound
from moto.sagemaker.utils import load_pipeline_definition_from_s3 as _load


def apply() -> None:
    def load(location: Mapping[str, Any], *given: Any, **named: Any) -> str:
        return json.dumps(_load(dict(location), *given, **named))

    def pipeline(pipelines: Mapping[str, Any], name: str) -> Any:
        if name not in pipelines:
            raise ResourceNotFound(f"Pipeline '{name}' does not exist.")
        return pipelines[name]

    def execution(pipelines: Mapping[str, Any], arn: str) -> Any:
        owner = pipelines.get(utils.get_pipeline_name_from_execution_arn(arn))
        if owner is None or arn not in owner.pipeline_executions:
            raise ResourceNotFound(f"Pipeline execution '{arn}' does not exist.")
        return owner.pipeline_executions[arn]

    # Imported there from elsewhere.
    setattr(models, "load_pipeline_definition_from_s3", load)  # noqa: B010
    setattr(models, "get_pipeline_from_name", pipeline)  # noqa: B010
    setattr(models, "get_pipeline_execution_from_arn", execution)  # noqa: B010
