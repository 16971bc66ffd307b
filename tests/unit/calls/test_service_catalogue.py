"""The frozen service catalogue: what it says, and that the generator made it."""

import json
import shutil
from pathlib import Path

import pytest

from featureshare.iam.catalogue import catalogue, generate


def test_it_says_what_the_service_authorization_reference_says() -> None:
    put = catalogue().action("sagemaker:PutRecord")
    assert put.levels == {"Write"}
    assert [kind.name for kind in put.resources] == ["feature-group"]
    assert put.required == {"feature-group"}
    assert put.condition_keys == {"sagemaker:IsUpdateRecord", "sagemaker:UpdatableFeatures"}
    assert not put.wildcard_only
    assert catalogue().action("sagemaker:Search").wildcard_only
    assert catalogue().action("kms:CreateGrant").levels == {"Permissions management", "Write"}


def test_names_are_compared_without_case() -> None:
    assert catalogue().action("SageMaker:putrecord") is catalogue().action("sagemaker:PutRecord")
    assert catalogue().find("sagemaker:NoSuchAction") is None
    with pytest.raises(KeyError, match="sagemaker:NoSuchAction"):
        catalogue().action("sagemaker:NoSuchAction")


def test_templates() -> None:
    template = catalogue().resource_template("sagemaker", "feature-group")
    assert template == "arn:${Partition}:sagemaker:${Region}:${Account}:feature-group/${FeatureGroupName}"


@pytest.mark.parametrize(
    ("action", "arn", "kind"),
    [
        ("s3:GetObject", "arn:aws:s3:::bucket/a/b:c", "object"),
        ("s3:GetObject", "arn:aws:s3:::bucket", None),
        ("s3:ListBucket", "arn:aws:s3:::bucket", "bucket"),
        ("s3:ListBucket", "arn:aws:s3:::bucket/a", None),
        ("glue:GetTable", "arn:aws:glue:eu-west-1:111111111111:catalog", "rootcatalog"),
        ("glue:GetTable", "arn:aws:glue:eu-west-1:111111111111:table/d/t", "table"),
        ("glue:GetTable", "arn:aws:glue:eu-west-1:111111111111:table/d", None),
        ("kms:Decrypt", "arn:aws:kms:eu-west-1:111111111111:alias/a", None),
        ("sts:AssumeRole", "arn:aws:iam::111111111111:role/a/b", "role"),
    ],
)
def test_an_arn_has_one_type(action: str, arn: str, kind: str | None) -> None:
    found = catalogue().action(action).resource_type(arn)
    assert (found.name if found else None) == kind


@pytest.mark.parametrize(
    ("action", "key", "known"),
    [
        ("kms:Decrypt", "kms:EncryptionContext:aws:s3:arn", True),
        ("kms:Decrypt", "kms:ResourceAliases", True),
        ("kms:ListAliases", "kms:ViaService", False),
        ("s3:PutObject", "s3:RequestObjectTag/team", True),
        ("s3:PutObject", "s3:prefix", False),
        ("sagemaker:GetRecord", "SageMaker:ResourceTag/Owner", True),
        ("sagemaker:GetRecord", "aws:ResourceTag/", False),
        ("sagemaker:GetRecord", "aws:PrincipalTag/team", True),
        ("sagemaker:GetRecord", "aws:RequestTag/team", False),
        ("sagemaker:GetRecord", "aws:principalorgid", True),
    ],
)
def test_which_keys_a_request_may_carry(action: str, key: str, known: bool) -> None:
    assert catalogue().action(action).knows(key) is known


def test_the_services_covered_are_the_generators() -> None:
    assert catalogue().services() == generate.SERVICES
    assert catalogue().version == generate.VERSION
    assert {"s3", "kms", "sts"} <= catalogue().rcp_services
    assert not {"sagemaker", "glue", "athena"} & catalogue().rcp_services


def test_the_file_is_small_and_in_the_generators_form() -> None:
    text = generate.CATALOGUE.read_text()
    assert len(text) < 400_000
    assert generate.dump(json.loads(text)) == text


def test_the_licence_notice_is_beside_it() -> None:
    text = generate.NOTICE.read_text()
    assert "MIT License" in text
    assert generate.VERSION in text


def test_generation_is_a_function_of_the_package(tmp_path: Path) -> None:
    package = tmp_path / "package"
    for folder in ("actions", "resourceTypes"):
        (package / "data" / folder).mkdir(parents=True)
    action = {
        "name": "Read",
        "accessLevel": "Read",
        "resourceTypes": [{"name": "thing", "required": True}],
        "conditionKeys": ["demo:B", "demo:A"],
        "dependentActions": [],
    }
    thing = {"key": "thing", "arn": "arn:${Partition}:demo:::${Name}"}
    for service in generate.SERVICES:
        (package / "data" / "actions" / f"{service}.json").write_text(json.dumps({"read": action}))
        (package / "data" / "resourceTypes" / f"{service}.json").write_text(json.dumps({"thing": thing}))
    (package / "data" / "rcpSupportedServices.json").write_text('["s3", "unknown"]')
    (package / "package.json").write_text('{"version": "1.2.3", "updatedAt": "2026-01-01"}')
    (package / "LICENSE.txt").write_text("MIT License\n")
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        generate.main(["--from", str(package), "--to", str(tmp_path / folder)])
    assert (tmp_path / "one" / "catalogue.json").read_bytes() == (tmp_path / "two" / "catalogue.json").read_bytes()
    made = json.loads((tmp_path / "one" / "catalogue.json").read_text())
    assert made["rcp_services"] == ["s3"]
    assert made["services"]["athena"]["actions"]["Read"] == ["Read", ["thing*"], 1]
    assert made["services"]["athena"]["keys"] == [[], ["demo:A", "demo:B"]]
    assert "1.2.3" in (tmp_path / "one" / "NOTICE").read_text()


def test_without_npm_the_generator_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("npm") is None
    with pytest.raises(generate.FeatureShareError, match="--from"):
        generate.download(generate.VERSION, tmp_path)
