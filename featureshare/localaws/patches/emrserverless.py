"""moto's EMR Serverless: a new application waits to be started, and its kind is read without regard to case."""

from typing import Any

from moto.emrserverless.models import EMRServerlessBackend

_create = EMRServerlessBackend.create_application


def apply() -> None:
    def create_application(self: Any, name: str, release_label: str, application_type: str, *g: Any, **n: Any) -> Any:
        made = _create(self, name, release_label, application_type.upper(), *g, **n)
        # moto starts it at once; then it can be neither changed nor deleted before it is stopped.
        made.state = "CREATED"
        return made

    EMRServerlessBackend.create_application = create_application  # type: ignore[method-assign]
