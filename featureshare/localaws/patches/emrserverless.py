"""moto's EMR Serverless: a new application waits to be started, keeps what it was made or changed with, and its kind is
read without regard to case."""

from typing import Any

from moto.emrserverless.models import EMRServerlessBackend
from moto.emrserverless.responses import EMRServerlessResponse

# What moto forgets, by the name of the application's attribute that it shows.
_FORGOTTEN = {
    "architecture": "architecture",
    "release_label": "releaseLabel",
    "image_configuration": "imageConfiguration",
    "interactive_configuration": "interactiveConfiguration",
    "monitoring_configuration": "monitoringConfiguration",
    "runtime_configuration": "runtimeConfiguration",
    "scheduler_configuration": "schedulerConfiguration",
    "worker_type_specifications": "workerTypeSpecifications",
}
_create = EMRServerlessBackend.create_application
_answer_create = EMRServerlessResponse.create_application
_answer_update = EMRServerlessResponse.update_application


def apply() -> None:
    def create_application(self: Any, name: str, release_label: str, application_type: str, *g: Any, **n: Any) -> Any:
        made = _create(self, name, release_label, application_type.upper(), *g, **n)
        # moto starts it at once; then it can be neither changed nor deleted before it is stopped.
        made.state = "CREATED"
        made.__dict__["architecture"] = "X86_64"
        return made

    def answer_create(self: Any) -> Any:
        answer: Any = _answer_create(self)
        _keep(self, str(answer.result["applicationId"]))
        return answer

    def answer_update(self: Any) -> Any:
        answer = _answer_update(self)
        _keep(self, str(self._get_param("applicationId")))
        return answer

    EMRServerlessBackend.create_application = create_application  # type: ignore[method-assign]
    EMRServerlessResponse.create_application = answer_create  # type: ignore[method-assign]
    EMRServerlessResponse.update_application = answer_update  # type: ignore[method-assign]


def _keep(response: Any, application_id: str) -> None:
    application = response.emrserverless_backend.get_application(application_id)
    for attribute, parameter in _FORGOTTEN.items():
        if (given := response._get_param(parameter)) is not None:
            setattr(application, attribute, given)
