"""A small render by hand: two producers, and a consumer that keeps a store of its own."""

from typing import Any

CENTRAL, PRODUCER, CONSUMER = "222222222222", "111111111111", "555555555555"
REPLICA = "121212121212"
ROLE = "arn:aws:iam::{}:role/x/{}"


def group(name: str, owner: str, account: str = CENTRAL, **changes: Any) -> dict[str, Any]:
    """A feature group of a render: users by default."""
    facts = {
        "name": name,
        "account": account,
        "arn": f"arn:aws:sagemaker:eu-west-1:{account}:feature-group/{name}",
        "owner": owner,
        "store": "central" if account == CENTRAL else "team",
        "contact": "them@example.com",
        "description": "Some.",
        "record_identifier": "user_id",
        "event_time": "event_time",
        "features": [
            {"name": "user_id", "type": "String", "description": ""},
            {"name": "event_time", "type": "String", "description": ""},
            {"name": "orders_last_year", "type": "Integral", "description": ""},
            {"name": "lifetime_value", "type": "Fractional", "description": ""},
        ],
        "online_store": {"enabled": True, "storage": "standard", "ttl": None},
        "offline_store": {"enabled": True, "format": "glue"},
        "classification": "internal",
        "purpose": None,
        "created_by": "terraform",
        "shared_with": {},
        "s3_uri": f"s3://offline-{account}/{name}",
        "database": f"db_{account}",
        "table": name.replace("-", "_"),
        "offline_role_arn": ROLE.format(account, "offline-store"),
        "online_alias": "alias/online",
        "offline_alias": "alias/offline",
        "with_key": True,
    }
    return facts | changes


def features(**types: str) -> list[dict[str, str]]:
    return [{"name": name, "type": kind, "description": ""} for name, kind in types.items()]


def render(*, ephemeral: bool = True) -> dict[str, Any]:
    """Producers of `users` and `segments` (through the API), and of `ratings`; a consumer with its own `searches`."""
    writer, manager = ROLE.format(CENTRAL, "writer"), ROLE.format(CENTRAL, "manager")
    online, offline = ROLE.format(CENTRAL, "reader-online"), ROLE.format(CENTRAL, "reader-offline")
    groups = [
        group("users", "curation", shared_with={"search": ["read-offline", "read-online"]}),
        group("ratings", "success", shared_with={"search": ["read-offline"]}),
        group("segments", "curation", created_by="api", shared_with={"curation": ["manage"]}),
        group(
            "vectors",
            "curation",
            online_store={"enabled": True, "storage": "in-memory", "ttl": None},
            offline_store={"enabled": False, "format": "glue"},
            with_key=False,
            shared_with={"success": ["update"]},
            updates={"success": ["orders_last_year"]},
        ),
        group(
            "searches",
            "search",
            CONSUMER,
            record_identifier="query_id",
            features=features(query_id="String", event_time="String", user_id="String", results="Integral"),
            classification="restricted",
            shared_with={"search": ["read-offline", "read-online"]},
        ),
    ]
    workgroups = {
        f"{account}/{name}": {
            "account": account,
            "name": name,
            "arn": f"arn:aws:athena:eu-west-1:{account}:workgroup/{name}",
            "team": "search",
            "results_bucket": "results-search",
            "output_location": "s3://results-search/shared/athena/",
            "owner_account": CONSUMER,
        }
        for account, name in ((CENTRAL, "wg"), (CONSUMER, "wg-own"))
    }
    return {
        "environment": {
            "name": "hand",
            "ephemeral": ephemeral,
            "region": "eu-west-1",
            "central_account": CENTRAL,
            "tags": {"project": "x"},
        },
        "names": {"online_key_alias": "alias/online", "results_bucket": "results-central"},
        "roles": {
            "r": {"kind": "execution", "path": "/x/", "account": PRODUCER},
            "t": {"kind": "replica-reader", "arn": ROLE.format(REPLICA, "lab"), "account": REPLICA},
        },
        "replicas": {
            "lab": {
                "account": REPLICA,
                "bucket": f"replica-{REPLICA}",
                "database": "db_lab",
                "groups": {"sessions": {"prefix": "sessions/", "table": "sessions"}},
                "output_location": "s3://results-lab/athena/",
                "readers": {"training": ROLE.format(REPLICA, "lab")},
                "region": "eu-west-1",
                "results_bucket": "results-lab",
                "sharing_path": "/fs/lab/sharing",
                "workgroup": "wg-lab",
            }
        },
        "buckets": {
            f"offline-{CENTRAL}": {"account": CENTRAL},
            f"offline-{CONSUMER}": {"account": CONSUMER},
            "results-search": {"account": CONSUMER},
        },
        "feature_groups": {f"{facts['account']}/{facts['name']}": facts for facts in groups},
        "name_spaces": {
            f"{CENTRAL}/curation--*": group(
                "curation--*", "curation", classification=None, created_by="name-space", table="curation__*"
            )
        },
        "workgroups": workgroups,
        "data_catalogs": {
            "search": {
                "account": CONSUMER,
                "arn": f"arn:aws:athena:eu-west-1:{CONSUMER}:datacatalog/central",
                "groups": ["users"],
                "name": "central",
                "readers": [ROLE.format(CONSUMER, "training")],
            }
        },
        "teams": {
            "curation": {
                "account": PRODUCER,
                "access_roles": {"write": writer, "manage": manager},
                "execution_roles": {
                    "pipeline": _role(PRODUCER, "pipeline", ["manage", "write"], [writer, manager]),
                    "people": _role(PRODUCER, "people", ["write"], [writer], compute="none"),
                },
                "results_bucket": None,
                "results_prefix": None,
                "workgroup": None,
                "allow_primary": False,
                "own_workgroup": None,
                "own_database": None,
                "shared_database": None,
                "spread_readers": {},
                "sharing_path": "/fs/curation/sharing",
            },
            "success": {
                "account": "333333333333",
                "access_roles": {
                    "update": ROLE.format(CENTRAL, "updater-success"),
                    "write": ROLE.format(CENTRAL, "writer-success"),
                },
                "execution_roles": {
                    "keeper": _role("333333333333", "keeper", ["update"], [ROLE.format(CENTRAL, "updater-success")]),
                    "pipeline": _role("333333333333", "rating", ["write"], [ROLE.format(CENTRAL, "writer-success")]),
                },
                "results_bucket": None,
                "results_prefix": None,
                "workgroup": None,
                "allow_primary": False,
                "own_workgroup": None,
                "own_database": None,
                "shared_database": None,
                "spread_readers": {},
                "sharing_path": "/fs/success/sharing",
            },
            "search": {
                "account": CONSUMER,
                "access_roles": {"read-online": online, "read-offline": offline},
                "execution_roles": {
                    "pipeline": _role(CONSUMER, "indexer", ["write"], []),
                    "serving": _role(CONSUMER, "serving", ["read-online"], [online], compute="lambda"),
                    "training": _role(CONSUMER, "training", ["read-offline"], [offline]),
                },
                "results_bucket": "results-search",
                "results_prefix": "",
                "workgroup": "wg",
                "allow_primary": False,
                "own_workgroup": "wg-own",
                "own_database": f"db_{CONSUMER}",
                "shared_database": "db_shared",
                "spread_readers": {},
                "sharing_path": "/fs/search/sharing",
            },
        },
    }


def _role(account: str, name: str, verbs: list[str], assumes: list[str], compute: str = "sagemaker") -> dict[str, Any]:
    return {
        "arn": ROLE.format(account, name),
        "assumes": assumes,
        "compute": compute,
        "kind": "role",
        "verbs": verbs,
    }
