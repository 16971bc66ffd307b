// The AWS SDK for JavaScript v3 under an access role: the same facts, and the same lines of answers, as `ways.py`.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { appendFileSync, writeFileSync } from "node:fs";
import { AthenaClient, GetQueryExecutionCommand, GetQueryResultsCommand, StartQueryExecutionCommand } from "@aws-sdk/client-athena";
import { GetTableCommand, GetTablesCommand, GlueClient } from "@aws-sdk/client-glue";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { DescribeFeatureGroupCommand, ListFeatureGroupsCommand, SageMakerClient, SearchCommand } from "@aws-sdk/client-sagemaker";
import {
  BatchGetRecordCommand,
  DeleteRecordCommand,
  GetRecordCommand,
  PutRecordCommand,
  SageMakerFeatureStoreRuntimeClient,
} from "@aws-sdk/client-sagemaker-featurestore-runtime";
import { fromIni, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { Upload } from "@aws-sdk/lib-storage";

const FACTS = JSON.parse(process.env.FACTS);
const credentials =
  FACTS.way === "profile"
    ? fromIni({ profile: FACTS.profile })
    : fromTemporaryCredentials({ params: { RoleArn: FACTS.role, RoleSessionName: "by-hand" } });
const runtime = new SageMakerFeatureStoreRuntimeClient({ credentials });
const sagemaker = new SageMakerClient({ credentials });
const athena = new AthenaClient({ credentials });
const glue = new GlueClient({ credentials });
const s3 = new S3Client({ credentials });

const now = () => new Date().toISOString().replace(/\.\d+Z$/, "Z");
const value = (FeatureName, ValueAsString) => ({ FeatureName, ValueAsString });

const put = () =>
  runtime.send(
    new PutRecordCommand({
      FeatureGroupName: FACTS.group,
      Record: [
        value("session_id", "s-js"),
        value("event_time", now()),
        value("user_id", "u-jsé"),
        value("device", "mobile"),
        value("page_views", "3"),
        value("cart_value", "7.5"),
      ],
    }),
  );

async function get() {
  const { Record } = await runtime.send(
    new GetRecordCommand({
      FeatureGroupName: FACTS.group,
      RecordIdentifierValueAsString: FACTS.identifier,
      FeatureNames: [FACTS.record_identifier, FACTS.number],
    }),
  );
  assert.equal(Record.find((one) => one.FeatureName === FACTS.record_identifier).ValueAsString, FACTS.identifier);
}

async function batchGet() {
  const { Records, Errors } = await runtime.send(
    new BatchGetRecordCommand({
      Identifiers: [{ FeatureGroupName: FACTS.group, RecordIdentifiersValueAsString: [FACTS.identifier] }],
    }),
  );
  assert.equal(Records.length, 1);
  assert.deepEqual(Errors, []);
}

const remove = () =>
  runtime.send(
    new DeleteRecordCommand({
      FeatureGroupName: FACTS.group,
      RecordIdentifierValueAsString: `s-js-${FACTS.way}-deleted`,
      EventTime: now(),
      DeletionMode: "HardDelete",
    }),
  );

async function describe() {
  const found = await sagemaker.send(new DescribeFeatureGroupCommand({ FeatureGroupName: FACTS.group }));
  assert.equal(found.RecordIdentifierFeatureName, FACTS.record_identifier);
  assert.ok(found.CreationTime instanceof Date);
}

async function listed() {
  const found = await sagemaker.send(new ListFeatureGroupsCommand({}));
  assert.ok(found.FeatureGroupSummaries.some((one) => one.FeatureGroupName === "sessions"));
}

const search = () => sagemaker.send(new SearchCommand({ Resource: "FeatureGroup" }));

/** Start a query, wait, see its rows, and read the result's object. */
async function query(table, where) {
  const sql = `SELECT ${FACTS.record_identifier} FROM "${table}" LIMIT 3`;
  const { QueryExecutionId } = await athena.send(
    new StartQueryExecutionCommand({ QueryString: sql, QueryExecutionContext: { Database: FACTS.database }, ...where }),
  );
  let it;
  do {
    await new Promise((done) => setTimeout(done, 300));
    it = (await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))).QueryExecution;
  } while (["QUEUED", "RUNNING"].includes(it.Status.State));
  if (it.Status.State !== "SUCCEEDED") throw new Error(it.Status.StateChangeReason);
  const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
  assert.equal(ResultSet.Rows.length, 4);
  const url = new URL(it.ResultConfiguration.OutputLocation);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: url.host, Key: url.pathname.slice(1) }));
  assert.equal((await Body.transformToString()).split("\n")[0], `"${FACTS.record_identifier}"`);
}

const inWorkgroup = () => query(FACTS.table, { WorkGroup: FACTS.workgroup });
const anywhere = () => query(FACTS.table, { ResultConfiguration: { OutputLocation: FACTS.output } });
const notShared = () => query(FACTS.not_shared, { WorkGroup: FACTS.workgroup });

async function location() {
  const { Table } = await glue.send(
    new GetTableCommand({ CatalogId: FACTS.central, DatabaseName: FACTS.database, Name: FACTS.table }),
  );
  const url = new URL(Table.StorageDescriptor.Location);
  return { Bucket: url.host, Prefix: `${url.pathname.slice(1).replace(/\/$/, "")}/` };
}

const tables = () => glue.send(new GetTablesCommand({ CatalogId: FACTS.central, DatabaseName: FACTS.database }));

/** List the offline store's objects, page by page, and read one: its size, and its first and last bytes. */
async function offline() {
  const where = await location();
  const keys = [];
  let token;
  do {
    const page = await s3.send(new ListObjectsV2Command({ ...where, MaxKeys: 1, ContinuationToken: token }));
    keys.push(...(page.Contents ?? []).map((one) => one.Key));
    token = page.NextContinuationToken;
  } while (token);
  const it = { Bucket: where.Bucket, Key: keys.find((key) => key.endsWith(".parquet")) };
  const { ContentLength } = await s3.send(new HeadObjectCommand(it));
  for (const Range of ["bytes=0-3", "bytes=-4", `bytes=${ContentLength - 4}-`]) {
    const part = await s3.send(new GetObjectCommand({ ...it, Range }));
    assert.equal(await part.Body.transformToString(), "PAR1");
  }
}

async function listBucket() {
  await s3.send(new ListObjectsV2Command({ Bucket: (await location()).Bucket }));
}

async function plant() {
  const where = await location();
  await s3.send(new PutObjectCommand({ Bucket: where.Bucket, Key: `${where.Prefix}planted.parquet`, Body: "x" }));
}

const place = (name) => {
  const url = new URL(FACTS.output);
  return { Bucket: url.host, Key: `${url.pathname.slice(1)}js/${FACTS.way}/${name}` };
};

async function read(it) {
  const { Body } = await s3.send(new GetObjectCommand(it));
  return Buffer.from(await Body.transformToByteArray());
}

async function results() {
  await s3.send(new PutObjectCommand({ ...place("a small one+é.txt"), Body: "small" }));
  assert.equal((await read(place("a small one+é.txt"))).toString(), "small");
  const big = randomBytes(12 << 20);
  await new Upload({ client: s3, params: { ...place("big.bin"), Body: big } }).done();
  assert.ok((await read(place("big.bin"))).equals(big));
}

async function removeResult() {
  await s3.send(new PutObjectCommand({ ...place("deleted.txt"), Body: "small" }));
  await s3.send(new DeleteObjectCommand(place("deleted.txt")));
}

const FLOWS = {
  write: { PutRecord: put, DescribeFeatureGroup: describe, GetRecord: get, DeleteRecord: remove },
  delete: { DeleteRecord: remove, PutRecord: put },
  "read-online": { GetRecord: get, BatchGetRecord: batchGet, DescribeFeatureGroup: describe, PutRecord: put },
  "read-offline": {
    "Athena, WorkGroup, GetObject of the result": inWorkgroup,
    "Athena, no WorkGroup": anywhere,
    "Athena, a table that is not shared": notShared,
    "ListObjectsV2, HeadObject, GetObject of ranges": offline,
    "PutObject and Upload to the results": results,
    DeleteObject: removeResult,
    "ListObjectsV2 of the bucket": listBucket,
    "PutObject to the offline store": plant,
    GetTables: tables,
    DescribeFeatureGroup: describe,
    GetRecord: get,
  },
  discover: { ListFeatureGroups: listed, DescribeFeatureGroup: describe, Search: search, GetRecord: get },
};

writeFileSync("answers.jsonl", "");
for (const [flow, run] of Object.entries(FLOWS[FACTS.verb])) {
  let line;
  try {
    await run();
    line = { flow, works: true, said: "" };
  } catch (error) {
    line = { flow, works: false, said: `${error.name}: ${error.message}` };
  }
  appendFileSync("answers.jsonl", `${JSON.stringify(line)}\n`);
}
