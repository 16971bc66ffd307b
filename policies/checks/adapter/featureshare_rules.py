"""The only file that knows checkov: every rule of the folder above as a check of the resources of a plan.

checkov loads it by --external-checks-dir; the wrapper in featureshare/scan says through FEATURESHARE_SCAN where the
rules are and whose account each plan is for.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from checkov.common.bridgecrew.severities import Severities
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

from featureshare.scan.model import Context
from featureshare.scan.plan import RESOURCE_TYPES, described, documents_of, judge_document, unwrapped
from featureshare.scan.rules import Rule, load_rules

_REQUEST = json.loads(Path(os.environ["FEATURESHARE_SCAN"]).read_text(encoding="utf-8"))


def context_of(plain: Mapping[str, Any]) -> Context:
    """A context as the wrapper writes it."""
    return Context(**{**plain, "accounts": frozenset(plain["accounts"])})


_POLICIES = Path(_REQUEST["rules"]).parent
_CONTEXTS = {f"/{name}.json": context_of(plain) for name, plain in _REQUEST["contexts"].items()}


class FeatureShareCheck(BaseResourceCheck):  # type: ignore[misc]
    """One rule; its details carry the Sid of each finding."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(
            name=f"{rule.title} {rule.fix}",
            id=rule.id,
            categories=[CheckCategories.IAM],
            supported_resources=list(RESOURCE_TYPES),
        )
        self.rule = rule
        self.severity = Severities[rule.severity]

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        scanned_file = self.entity_path.split(":", 1)[0]
        values = unwrapped(conf)
        self.details = [
            described(document, finding, _POLICIES)
            for document in documents_of(self.entity_type, "", values)
            for finding in judge_document(document, _CONTEXTS[scanned_file], [self.rule])
        ]
        self.evaluated_keys = sorted({document.attribute for document in documents_of(self.entity_type, "", values)})
        return CheckResult.FAILED if self.details else CheckResult.PASSED


CHECKS = [FeatureShareCheck(rule) for rule in load_rules(Path(_REQUEST["rules"]))]
