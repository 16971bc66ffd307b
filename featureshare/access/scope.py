"""One document of a model, and what a change of it can touch."""

from dataclasses import dataclass

from featureshare.access.model import Model
from featureshare.access.purposes import Need


@dataclass(frozen=True)
class Scope:
    """One document: `kind` role (a role's policies), trust, bucket, key, boundary, guard, platform, brought, catalog;
    `key` is the ARN of what bears it, a bucket's name, an account for a catalog, empty for guard and platform."""

    kind: str
    key: str = ""

    def touches(self, model: Model, source: str, need: Need) -> bool:
        """Whether a declared need could hang on the document."""
        check = need.check
        return self.bears_on(model, source, check.action, check.resource, check.account)

    def bears_on(self, model: Model, source: str, action: str, resource: str, owner: str) -> bool:
        """Whether a request of `source` (a role, user or service) could hang on the document."""
        if self.kind in ("role", "brought"):
            return source == self.key
        if self.kind == "boundary":
            role = model.roles.get(source)
            return role is not None and role.boundary == self.key
        if self.kind in ("trust", "key"):
            return resource == self.key
        if self.kind == "bucket":
            return action.startswith("s3:") and resource.split(":", 5)[-1].partition("/")[0] == self.key
        if self.kind == "catalog":
            return action.startswith("glue:") and owner == self.key
        return self.kind == "guard" or source == model.platform
