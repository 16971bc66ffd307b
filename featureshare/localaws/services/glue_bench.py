"""Glue's development endpoints as things, and the scripts it writes from a graph. Nothing can be run on an endpoint.

moto gives an endpoint a subnet and a key that nobody asked for, and cannot change it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.glue.models import glue_backends
from moto.utilities.utils import get_partition

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.paging import page

_KEPT = "featureshare_dev_endpoints"
_LIBRARIES = ("ExtraPythonLibsS3Path", "ExtraJarsS3Path")
_NODES = 5
_PYTHON = """import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job

## @params: [JOB_NAME]
args = getResolvedOptions(sys.argv, ['JOB_NAME'])

sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args['JOB_NAME'], args)
"""
_SCALA = """import com.amazonaws.services.glue.ChoiceOption
import com.amazonaws.services.glue.GlueContext
import com.amazonaws.services.glue.util.GlueArgParser
import com.amazonaws.services.glue.util.Job
import org.apache.spark.SparkContext
import scala.collection.JavaConverters._

object GlueApp {
  def main(sysArgs: Array[String]) {
    val spark: SparkContext = new SparkContext()
    val glueContext: GlueContext = new GlueContext(spark)
    val args = GlueArgParser.getResolvedOptions(sysArgs, Seq("JOB_NAME").toArray)
    Job.init(args("JOB_NAME"), glueContext, args.asJava)
"""


def create(call: Invocation) -> dict[str, Any]:
    """An endpoint, ready at once: in a VPC it has a private address alone, else a public one."""
    held, name = _held(call), str(call.params["EndpointName"])
    if name in held:
        raise ServiceError("AlreadyExistsException", f"DevEndpoint {name} already exists")
    now = utcnow()
    given = {member: value for member, value in call.params.items() if value is not None and member != "Tags"}
    sized = "WorkerType" in given or "NumberOfNodes" in given
    held[name] = {
        **({} if sized else {"NumberOfNodes": _NODES}),
        **given,
        **_place(call),
        "Status": "READY",
        "ZeppelinRemoteSparkInterpreterPort": 9007,
        "CreatedTimestamp": now,
        "LastModifiedTimestamp": now,
    }
    if tags := call.params.get("Tags"):
        _glue(call).tag_resource(_arn(call, name), dict(tags))
    return {member: value for member, value in held[name].items() if member not in ("PublicKey", "PublicKeys")}


def get(call: Invocation) -> dict[str, Any]:
    return {"DevEndpoint": dict(_found(call))}


def listing(call: Invocation) -> dict[str, Any]:
    found = list(_held(call).values())
    shown, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults") or 100)
    return {"DevEndpoints": list(shown), **({"NextToken": token} if token else {})}


def update(call: Invocation) -> dict[str, Any]:
    """Changes keys, libraries and arguments; what a call does not name stays."""
    found, given = _found(call), call.params
    if given.get("PublicKey") is not None:
        found["PublicKey"] = given["PublicKey"]
    gone, new = set(given.get("DeletePublicKeys") or ()), list(given.get("AddPublicKeys") or ())
    if gone or new:
        found["PublicKeys"] = [key for key in found.get("PublicKeys") or () if key not in gone] + new
    for member in _LIBRARIES:
        value = (given.get("CustomLibraries") or {}).get(member)
        if value is not None:
            found[member] = value
    kept = {
        name: value
        for name, value in (found.get("Arguments") or {}).items()
        if name not in (given.get("DeleteArguments") or ())
    }
    if arguments := {**kept, **(given.get("AddArguments") or {})}:
        found["Arguments"] = arguments
    else:
        found.pop("Arguments", None)
    found["LastModifiedTimestamp"] = utcnow()
    return {}


def delete(call: Invocation) -> dict[str, Any]:
    name = _found(call)["EndpointName"]
    del _held(call)[name]
    _glue(call).tagger.delete_all_tags_for_resource(_arn(call, name))
    return {}


def create_script(call: Invocation) -> dict[str, Any]:
    """The script of a graph of nodes, each after those it takes its frames from. Raises ServiceError for a circle."""
    nodes = {str(node["Id"]): node for node in call.params.get("DagNodes") or ()}
    edges = [(str(edge["Source"]), str(edge["Target"])) for edge in call.params.get("DagEdges") or ()]
    if unknown := [name for edge in edges for name in edge if name not in nodes]:
        raise ServiceError("InvalidInputException", f"There is no node {unknown[0]} in the graph.")
    inputs = {name: [source for source, target in edges if target == name] for name in nodes}
    order = _ordered(inputs)
    if call.params.get("Language") == "SCALA":
        lines = [f"    val {name} = {_step(nodes[name], inputs[name], scala=True)}" for name in order]
        return {"ScalaCode": _SCALA + "\n".join([*lines, "    Job.commit()", "  }", "}", ""])}
    written = [_commented(nodes[name], inputs[name]) for name in order]
    return {"PythonScript": _PYTHON + "".join(written) + "job.commit()\n"}


def _ordered(inputs: Mapping[str, Sequence[str]]) -> list[str]:
    """Every node after its inputs. Raises ServiceError for a circle."""
    done: list[str] = []
    while len(done) < len(inputs):
        ready = [name for name, sources in inputs.items() if name not in done and set(sources) <= set(done)]
        if not ready:
            raise ServiceError("InvalidInputException", "The graph has a circle.")
        done += ready
    return done


def _commented(node: Mapping[str, Any], inputs: Sequence[str]) -> str:
    name = node["Id"]
    return (
        f"## @type: {node['NodeType']}\n"
        f"## @args: [{_arguments(node)}]\n"
        f"## @return: {name}\n"
        f"## @inputs: [{', '.join(f'frame = {source}' for source in inputs)}]\n"
        f"{name} = {_step(node, inputs)}\n"
    )


def _step(node: Mapping[str, Any], inputs: Sequence[str], scala: bool = False) -> str:
    """The expression of a node: a source, a sink, or a transform of the frames it takes."""
    kind, arguments = str(node["NodeType"]), _arguments(node)
    catalogued = any(argument["Name"] == "database" for argument in node.get("Args") or ())
    if kind == "DataSource":
        made = (
            "getCatalogSource" if scala else f"create_dynamic_frame.{'from_catalog' if catalogued else 'from_options'}"
        )
        return f"glueContext.{made}({arguments}){'.getDynamicFrame()' if scala else ''}"
    frame = inputs[0] if inputs else "None"
    if kind == "DataSink":
        if scala:
            return f"glueContext.getCatalogSink({arguments}).writeDynamicFrame({frame})"
        made = "from_catalog" if catalogued else "from_options"
        return f"glueContext.write_dynamic_frame.{made}(frame = {frame}, {arguments})"
    frames = ", ".join(f"frame{number or ''} = {source}" for number, source in enumerate(inputs))
    if scala:
        return f"{frame}.{kind[:1].lower()}{kind[1:]}({arguments})"
    return f"{kind}.apply({frames + ', ' if frames else ''}{arguments})"


def _arguments(node: Mapping[str, Any]) -> str:
    given = [f"{argument['Name']} = {argument['Value']}" for argument in node.get("Args") or ()]
    return ", ".join([*given, f'transformation_ctx = "{node["Id"]}"'])


def _place(call: Invocation) -> dict[str, Any]:
    """Where an endpoint lies. Raises ServiceError for a subnet that does not exist."""
    name = call.params.get("SubnetId")
    if name is None:
        host = f"ec2-{call.params['EndpointName']}.{call.region}.compute.amazonaws.com"
        return {"PublicAddress": host, "AvailabilityZone": f"{call.region}a"}
    zones = ec2_backends[call.account][call.region].subnets
    found = next((subnet for zone in zones.values() for subnet in zone.values() if subnet.id == name), None)
    if found is None:
        raise ServiceError("InvalidInputException", f"The subnet {name} does not exist.")
    address = f"{found.cidr_block.rpartition('.')[0]}.10"
    return {"VpcId": found.vpc_id, "AvailabilityZone": found.availability_zone, "PrivateAddress": address}


def _found(call: Invocation) -> dict[str, Any]:
    name = str(call.params["EndpointName"])
    found: dict[str, Any] | None = _held(call).get(name)
    if found is None:
        raise ServiceError("EntityNotFoundException", f"DevEndpoint {name} not found")
    return found


def _arn(call: Invocation, name: str) -> str:
    return f"arn:{get_partition(call.region)}:glue:{call.region}:{call.account}:devEndpoint/{name}"


def _glue(call: Invocation) -> Any:
    return glue_backends[call.account][call.region]


def _held(call: Invocation) -> dict[str, Any]:
    held: dict[str, Any] = _glue(call).__dict__.setdefault(_KEPT, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("glue", "CreateDevEndpoint"): create,
    ("glue", "CreateScript"): create_script,
    ("glue", "DeleteDevEndpoint"): delete,
    ("glue", "GetDevEndpoint"): get,
    ("glue", "GetDevEndpoints"): listing,
    ("glue", "UpdateDevEndpoint"): update,
}
