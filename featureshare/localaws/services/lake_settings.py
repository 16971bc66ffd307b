"""Settings of a data lake: replaced as a whole, shown with the parameters that each has.

https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_DataLakeSettings.html
"""

import copy
from typing import Any

from moto.lakeformation.models import lakeformation_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError

_PARAMETERS = {"CROSS_ACCOUNT_VERSION": "1", "SET_CONTEXT": "TRUE"}
_VERSIONS = ("1", "2", "3", "4")


def get_settings(call: Invocation) -> dict[str, Any]:
    settings = _held(call)[_catalog(call)]
    return {"DataLakeSettings": {**settings, "Parameters": _PARAMETERS | (settings.get("Parameters") or {})}}


def put_settings(call: Invocation) -> dict[str, Any]:
    """Replaces the settings; a parameter that is not given stays as it was, as that it is given back is not documented.

    Raises ServiceError for a version of sharing that there is not.
    """
    given, held, catalog = copy.deepcopy(dict(call.params["DataLakeSettings"])), _held(call), _catalog(call)
    before = held[catalog].get("Parameters") or {}
    given["Parameters"] = before | (given.get("Parameters") or {})
    version = given["Parameters"].get("CROSS_ACCOUNT_VERSION", "1")
    if version not in _VERSIONS:
        raise ServiceError("InvalidInputException", f"CROSS_ACCOUNT_VERSION {version} is none of {_VERSIONS}.")
    held[catalog] = given
    return {}


def _catalog(call: Invocation) -> str:
    return str(call.params.get("CatalogId") or call.account)


def _held(call: Invocation) -> Any:
    return lakeformation_backends[call.account][call.region].settings


HANDLERS: dict[tuple[str, str], Handler] = {
    ("lakeformation", "GetDataLakeSettings"): get_settings,
    ("lakeformation", "PutDataLakeSettings"): put_settings,
}
