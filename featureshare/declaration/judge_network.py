"""Rules for what a team runs in a network of its own: a notebook instance."""

from collections.abc import Iterator

from featureshare.declaration.document import Document
from featureshare.declaration.drafts import Drafts, says, table, text
from featureshare.errors import Problem


def judge_network(drafts: Drafts) -> Iterator[Problem]:
    """Everything that is wrong between a team's notebook and the rest of its file."""
    for document in drafts.teams.values():
        if table(document.value, "notebook"):
            yield from _notebook(drafts, document)


def _notebook(drafts: Drafts, document: Document) -> Iterator[Problem]:
    name = text(document.value, "notebook", "principal")
    principal = table(document.value, "principals", name)
    ours = (says(principal, "kind") or "role") == "role" and "role_arn" not in principal
    if name and not (principal and ours and (text(principal, "compute") or "sagemaker") == "sagemaker"):
        yield document.problem(
            ("notebook", "principal"),
            f"{name} is no role of ours with compute sagemaker.",
            "name a principal of this team that SageMaker may run anything as",
        )
    partition, region = text(drafts.settings, "partition") or "aws", text(drafts.settings, "region")
    stem = f"arn:{partition}:kms:{region}:{text(document.value, 'account')}:key/"
    key = text(document.value, "notebook", "volume_key")
    if key.startswith("arn:") and not key.startswith(stem):
        yield document.problem(
            ("notebook", "volume_key"),
            "the key lies outside the team's account or the environment's Region.",
            f"name a key that begins with {stem}",
        )
