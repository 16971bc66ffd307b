"""moto's EMR Serverless: the kind of an application is read without regard to case, as the service does."""

from typing import Any

from moto.emrserverless.models import EMRServerlessBackend

_create = EMRServerlessBackend.create_application


def apply() -> None:
    def create_application(self: Any, name: str, release_label: str, application_type: str, *g: Any, **n: Any) -> Any:
        return _create(self, name, release_label, application_type.upper(), *g, **n)

    EMRServerlessBackend.create_application = create_application  # type: ignore[method-assign]
