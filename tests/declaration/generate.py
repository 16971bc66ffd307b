"""Declarations made up at random, sound by construction, that use every option there is."""

import json
import random
from pathlib import Path

_VERBS = ("delete", "discover", "read-offline", "read-online")
_ODD_TEXT = (
    "plain",
    "a <b> & c",
    'with "quotes" and \\',
    "ümlaut e\u0301 ñ",
    "🛒 日本",
    "yes",
    "null",
    "1e3",
    "${x} %{y}",
)


def generate(folder: Path, seed: int, teams: int, groups: int) -> None:
    """Write an environment of that many teams and groups to `folder`. The same seed makes the same files."""
    chance = random.Random(seed)
    names = [f"team-{number}" for number in range(teams)]
    declared = [_group(chance, number, names) for number in range(groups)]
    by_tag = _by_tag(chance, declared, names)
    used: dict[str, set[str]] = {name: set() for name in names}
    for entry in by_tag:
        for team, verbs in entry["shared_with"].items():
            used[team].update(verbs)
    for group in declared:
        used[group["owner"]].add("write")
        for team, verbs in group["shared_with"].items():
            used[team].update(verbs)
    shared = [group for group in declared if group["store"] == "central" and group["offline_store"]["enabled"]]
    copied = [
        group["feature_group"]
        for group in shared
        if group.get("classification") != "restricted" and group["offline_store"].get("format") != "iceberg"
    ]
    replicas = {
        f"copy-{number}": {"account": f"{900 + number:012d}", "feature_groups": part, "readers": ["training", "b"]}
        for number, part in enumerate((copied[::-1], copied[:2]))
        if part
    }
    _write(
        folder / "environment.yaml",
        {
            "name": folder.name,
            "ephemeral": chance.random() < 0.5,
            "region": "eu-west-1",
            "prefix": "fs",
            "central_account": "000000000001",
            "platform": {"principal": "arn:aws:iam::666666666666:role/platform"},
            "tags": {"text": "plain", "yes": "no", "number": "012"},
            "replicas": replicas,
            "shared_by_tag": by_tag,
        },
    )
    for number, name in enumerate(names):
        if used[name]:
            _write(folder / "teams" / f"{name}.yaml", _team(chance, name, number, sorted(used[name])))
    for group in declared:
        _write(folder / "feature-groups" / f"{group['feature_group']}.yaml", group)


def _by_tag(chance: random.Random, groups: list[dict], teams: list[str]) -> list[dict]:
    """Grants by tag, each verb of which serves its team on one group at least."""
    entries = []
    for tags in ({"classification": "internal"}, {"owner": teams[0]}, {"owner": teams[1], "classification": "public"}):
        open_groups = [
            group
            for group in groups
            if group.get("shared_by_tag")
            and all(group.get(key, "internal" if key == "classification" else None) == tags[key] for key in tags)
        ]
        shared = {}
        for team in chance.sample(teams, 3):
            others = [group for group in open_groups if group["owner"] != team]
            verbs = {"discover"} if others else set()
            verbs |= {"read-online" for group in others if group["online_store"]["enabled"]}
            verbs |= {"read-offline" for group in others if group["offline_store"]["enabled"]}
            if verbs:
                shared[team] = chance.sample(sorted(verbs), chance.randint(1, len(verbs)))
        if shared:
            entries.append({"tags": tags, "shared_with": shared})
    return entries


def _team(chance: random.Random, name: str, number: int, verbs: list[str]) -> dict:
    account = f"{number:012d}"
    principals: dict[str, dict] = {}
    for index, verb in enumerate(verbs):
        principal: dict = {"verbs": [verb]}
        match chance.randrange(5):
            case 0:
                principal["role_arn"] = f"arn:aws:iam::{account}:role/own/{verb}"
            case 1:
                principal |= {"kind": "sso", "permission_set": "DataScience"}
            case 2:
                principal |= {"kind": "user", "user_name": "someone"}
            case 3:
                principal["compute"] = chance.choice(["sagemaker", "lambda", "ecs", "ec2", "emr", "emr-serverless"])
        principals[f"p{index}"] = principal
    return {"team": name, "account": account, "contact": f"{name}@example.com", "principals": principals}


def _group(chance: random.Random, number: int, teams: list[str]) -> dict:
    owner = chance.choice(teams)
    online, offline = chance.choice([(True, True), (True, False), (False, True)])
    store = chance.choice(["central", "central", "team"])
    by_api = store == "central" and chance.random() < 0.6 and online and offline
    possible = [verb for verb in _VERBS if (verb != "read-online" or online) and (verb != "read-offline" or offline)]
    sharers = {owner, *chance.sample(teams, min(3, len(teams)))} if store == "central" else {owner}
    shared = {team: chance.sample(possible, chance.randint(1, len(possible))) for team in sorted(sharers)}
    if chance.random() < 0.2:
        shared = {}
    if by_api:
        shared[owner] = [*shared.get(owner, []), "manage"]
    name = f"group{chance.choice('-_')}{number}"
    group: dict = {
        "feature_group": name,
        "store": store,
        "owner": owner,
        "contact": "contact@example.com",
        "description": chance.choice(_ODD_TEXT),
        "record_identifier": "id",
        "event_time": "at",
        "features": [
            {"name": "id", "type": chance.choice(["String", "Integral"]), "description": "Identifier."},
            {"name": "at", "type": "String", "description": "Time."},
            *(
                {
                    "name": f"f{index}",
                    "type": chance.choice(["String", "Integral", "Fractional"]),
                    "description": chance.choice(_ODD_TEXT),
                }
                for index in range(chance.randrange(5))
            ),
        ],
        "online_store": {"enabled": online},
        "offline_store": {"enabled": offline},
        "shared_with": shared,
    }
    if online and chance.random() < 0.5:
        group["online_store"]["ttl"] = {"value": chance.randint(1, 10**6), "unit": chance.choice(["Seconds", "Weeks"])}
    if offline and chance.random() < 0.5:
        group["offline_store"]["format"] = chance.choice(["glue", "iceberg"])
    if online and not offline and chance.random() < 0.5:
        group["online_store"]["storage"] = "in-memory"
    if chance.random() < 0.5:
        group |= {"pipeline": "https://git.example.com/x?a=1&b=2", "freshness": "15m", "purpose": "canary"}
    if by_api:
        group["created_by"] = "api"
    if chance.random() < 0.7:
        group["classification"] = chance.choice(["public", "internal"])
    if store == "central" and chance.random() < 0.6:
        group["shared_by_tag"] = chance.random() < 0.8
    return group


def _write(path: Path, value: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # JSON is YAML with everything in quotes that can be.
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
