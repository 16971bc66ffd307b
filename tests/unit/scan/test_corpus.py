"""Documents in other people's styles, written by hand: the bad ones are found, the good ones are clean."""

import json
from pathlib import Path

import pytest

from featureshare.scan.loose import Scanned, scan_documents
from featureshare.scan.rules import load_rules

HERE = Path(__file__).parent
INDEX = HERE / "corpus" / "index.json"
SCANNED = scan_documents(INDEX, load_rules(HERE.parents[2] / "policies" / "checks"))


@pytest.mark.parametrize("document", SCANNED, ids=lambda document: document.file)
def test_the_verdict(document: Scanned) -> None:
    if document.file.startswith("good/"):
        assert document.findings == ()
    else:
        assert document.findings


def test_the_index_lists_every_file_and_every_kind() -> None:
    listed = [entry["file"] for entry in json.loads(INDEX.read_text())["policies"]]
    files = [str(file.relative_to(INDEX.parent)) for file in INDEX.parent.glob("*/*.json")]
    assert sorted(listed) == sorted(files)
    assert len(listed) > 150
    for verdict in ("good", "bad"):
        kinds = {name.split("/")[1].split("-")[0] for name in listed if name.startswith(verdict)}
        assert kinds == {"identity", "trust", "s3", "kms", "glue"}


# What each of these must be found for, lest it is flagged for a side issue only.
@pytest.mark.parametrize(
    ("file", "rule"),
    [
        ("bad/trust-article.json", "FS007"),
        ("bad/trust-article.json", "FS014"),
        ("bad/trust-article.json", "FS016"),
        ("bad/trust-bare-account.json", "FS007"),
        ("bad/trust-organization-wildcard.json", "FS010"),
        ("bad/trust-external-id-partial.json", "FS010"),
        ("bad/trust-second-statement-root.json", "FS007"),
        ("bad/trust-organization-optional.json", "FS011"),
        ("bad/trust-for-all-values-organization.json", "FS012"),
        ("bad/trust-not-principal.json", "FS005"),
        ("bad/identity-case-variant.json", "FS001"),
        ("bad/identity-question-mark.json", "FS001"),
        ("bad/identity-prefix-group.json", "FS004"),
        ("bad/identity-any-region.json", "FS003"),
        ("bad/identity-unrelated-account.json", "FS009"),
        ("bad/identity-pass-role-optional-service.json", "FS019"),
        ("bad/identity-update-trust.json", "FS020"),
        ("bad/identity-reader-with-put.json", "FS023"),
        ("bad/identity-results-acl.json", "FS022"),
        ("bad/identity-tag-tampering.json", "FS024"),
        ("bad/identity-key-account-wide.json", "FS025"),
        ("bad/identity-key-grant.json", "FS026"),
        ("bad/s3-organization.json", "FS006"),
        ("bad/s3-foreign-bare.json", "FS008"),
        ("bad/s3-article-results.json", "FS001"),
        ("bad/kms-foreign-role-star.json", "FS027"),
        ("bad/glue-any-table.json", "FS004"),
    ],
)
def test_the_reason(file: str, rule: str) -> None:
    document = next(one for one in SCANNED if one.file == file)
    assert rule in {finding.rule for finding in document.findings}
