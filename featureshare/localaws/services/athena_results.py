"""Results in S3: `<id>.csv` with its metadata for queries, `<id>.txt` for statements that print lines."""

import csv
import io
import json
from typing import Any

from featureshare.localaws.services import storage
from featureshare.localaws.services.athena_sql import QueryFailedError
from featureshare.localaws.services.athena_store import Query


def write_result(query: Query) -> None:
    """Writes the result object and `<result>.metadata` into the results bucket, whatever account owns it."""
    bucket, key = storage.split(query.config["OutputLocation"])
    if query.header:
        content, kind = to_csv([column["Name"] for column in query.columns], query.rows), "text/csv"
    else:
        content, kind = "\n".join(row[0] or "" for row in query.rows), "text/plain"
    put(query, bucket, key, content.encode(), kind)
    # Athena's own format is binary and not documented; ours holds the same facts.
    metadata = json.dumps({"queryExecutionId": query.id, "columns": query.columns})
    put(query, bucket, f"{key}.metadata", metadata.encode(), "application/octet-stream")


def put(query: Query, bucket: str, key: str, content: bytes, content_type: str | None = None) -> None:
    """Writes an object of the query, encrypted as its result configuration says. Raises QueryFailedError."""
    encryption = query.config.get("EncryptionConfiguration") or {}
    kms_key = encryption.get("KmsKey") if encryption.get("EncryptionOption") in ("SSE_KMS", "CSE_KMS") else None
    owned = (query.config.get("AclConfiguration") or {}).get("S3AclOption") == "BUCKET_OWNER_FULL_CONTROL"
    acl = "bucket-owner-full-control" if owned else None
    try:
        storage.put(
            bucket, key, content, writer=query.call.account, acl=acl, kms_key=kms_key, content_type=content_type
        )
    except storage.NoSuchBucketError:
        raise QueryFailedError(f"Unable to verify/create output bucket {bucket}") from None


def to_csv(header: list[str], rows: list[list[str | None]]) -> str:
    """Every value in quotes, NULL as nothing at all, as Athena writes it."""
    sink = io.StringIO()
    writer = csv.writer(sink, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        if None in row:
            sink.write(",".join("" if value is None else _quoted(value) for value in row) + "\n")
        else:
            writer.writerow(row)
    return sink.getvalue()


def result_rows(query: Query) -> list[dict[str, Any]]:
    """The rows of GetQueryResults: the header first, NULL as a datum without value."""
    rows: list[list[str | None]] = list(query.rows)
    if query.header and query.columns:
        rows.insert(0, [column["Name"] for column in query.columns])
    return [{"Data": [{} if value is None else {"VarCharValue": value} for value in row]} for row in rows]


def _quoted(value: str) -> str:
    escaped = value.replace('"', '""')
    return f'"{escaped}"'
