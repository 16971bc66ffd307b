"""One initialised Terraform for all tests of the declaration."""

import pytest
from declaration_support import Terraform


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    return Terraform(tmp_path_factory.mktemp("declaration"))
