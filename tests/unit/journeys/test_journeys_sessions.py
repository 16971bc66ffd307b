"""Sessions: local ones hear nothing of the shell, and nobody is taken for somebody else."""

from pathlib import Path

import pytest
from journeys_render import render

from featureshare.journeys.article import stage
from featureshare.journeys.replicas import _session
from featureshare.journeys.sessions import LocalSessions, NoSession, is_session_of, session_name

ROLE = "arn:aws:iam::111111111111:role/fs/execution/t/fs-t-pipeline"


class Minted:
    endpoint = "http://127.0.0.1:9"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []

    def session(self, role_arn: str, *, service: str | None = None, **_: object) -> dict[str, str]:
        self.asked.append((role_arn, service))
        return {"AccessKeyId": "AKIALOCAL", "SecretAccessKey": "secret", "SessionToken": "token"}


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "AWS_PROFILE": "nobody",
        "AWS_ACCESS_KEY_ID": "AKIASHELL",
        "AWS_SECRET_ACCESS_KEY": "shell",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_CA_BUNDLE": str(tmp_path / "none.pem"),
        "AWS_ENDPOINT_URL": "http://elsewhere.invalid",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "HTTP_PROXY": "http://proxy.invalid:1",
        "HTTPS_PROXY": "http://proxy.invalid:1",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("hostile")
def test_local_sessions_hear_nothing_of_the_shell() -> None:
    minted = Minted()
    session = LocalSessions(minted, "eu-west-1").session(ROLE, "lambda")
    assert minted.asked == [(ROLE, "lambda.amazonaws.com")]
    for service in ("sts", "s3", "athena", "sagemaker-featurestore-runtime"):
        client = session.client(service)
        assert client.meta.endpoint_url == Minted.endpoint
        assert client.meta.region_name == "eu-west-1"
        assert client.meta.config.proxies == {}
        assert client._request_signer._credentials.access_key == "AKIALOCAL"


@pytest.mark.usefixtures("hostile")
def test_a_session_without_credentials_does_not_sign_with_those_of_the_shell() -> None:
    client = LocalSessions(Minted(), "eu-west-1").derive(None).client("s3")
    heard: dict[str, str] = {}

    def stop(request: object, **_: object) -> None:
        heard.update(request.headers)  # type: ignore[attr-defined]
        raise InterruptedError

    client.meta.events.register("before-send", stop)
    with pytest.raises(InterruptedError):
        client.list_buckets()
    assert "Authorization" not in heard


def test_a_role_that_nothing_runs_as_has_no_session() -> None:
    with pytest.raises(NoSession, match="none"):
        LocalSessions(Minted(), "eu-west-1").session(ROLE, "none")


@pytest.mark.parametrize(
    ("session", "same"),
    [
        ("arn:aws:sts::111111111111:assumed-role/fs-t-pipeline/x", True),
        ("arn:aws:sts::111111111111:assumed-role/fs-t-other/x", False),
        ("arn:aws:sts::222222222222:assumed-role/fs-t-pipeline/x", False),
        ("arn:aws:iam::111111111111:user/fs-t-pipeline", False),
    ],
)
def test_whose_session_it_is(session: str, same: bool) -> None:
    assert is_session_of(session, ROLE) is same


def test_session_names_are_such_as_sts_takes() -> None:
    assert session_name("a team/of us") == "a-team-of-us"
    assert len(session_name("x" * 100)) == 64


@pytest.mark.usefixtures("hostile")
def test_a_reader_of_a_replica_has_its_session_in_the_replicas_region() -> None:
    sessions = LocalSessions(Minted(), "eu-west-1")
    run = stage(render(), sessions)
    for region in ("eu-west-1", "eu-north-1"):
        session = _session(run, ROLE, {"region": region})
        client = session.client("ssm")
        assert (session.region_name, client.meta.region_name) == (region, region)
        assert client.meta.endpoint_url == Minted.endpoint
        assert client._request_signer._credentials.access_key == "AKIALOCAL"
