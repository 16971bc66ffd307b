"""Where feature pipelines run beside SageMaker, and how it scales: containers, batch, EMR, file systems, scaling."""

from collections.abc import Iterator

from featureshare.iam.calls.model import Check
from featureshare.iam.calls.registry import SAR, Answer, Scope, Table, both, entries, family, pass_role, passed

ECR: Table = entries(
    SAR + "list_amazonelasticcontainerregistry.html",
    family(
        "ecr",
        {
            "repository/{repositoryName}": "BatchDeleteImage BatchGetImage CreateRepository DeleteLifecyclePolicy "
            "DeleteRepository DeleteRepositoryPolicy DescribeImages GetLifecyclePolicy GetRepositoryPolicy ListImages "
            "PutImageScanningConfiguration PutImageTagMutability PutLifecyclePolicy SetRepositoryPolicy",
            "repository/*": "DescribeRepositories",
            "{resourceArn}": "ListTagsForResource TagResource UntagResource",
            "*": "CreatePullThroughCacheRule DeletePullThroughCacheRule DeleteRegistryPolicy "
            "DescribePullThroughCacheRules DescribeRegistry GetAuthorizationToken GetRegistryPolicy "
            "GetRegistryScanningConfiguration PutRegistryPolicy PutRegistryScanningConfiguration "
            "PutReplicationConfiguration UpdatePullThroughCacheRule",
        },
        owner="registryId",
    ),
)


def _task_roles(scope: Scope) -> Iterator[Check]:
    """iam:PassRole on the roles of a task and of its agent."""
    for role in (scope.get("taskRoleArn"), scope.get("executionRoleArn")):
        if role:
            yield passed(scope, str(role), "ecs-tasks.amazonaws.com")


_ECS = family(
    "ecs",
    {
        "cluster/{clusterName}": "CreateCluster",
        "cluster/{cluster}": "DeleteCluster ListContainerInstances PutClusterCapacityProviders UpdateCluster "
        "UpdateClusterSettings",
        "cluster/*": "DescribeClusters",
        "service/{cluster}/{serviceName}": "CreateService",
        "service/{cluster}/{service}": "DeleteService UpdateService",
        "service/{cluster}/*": "DescribeServices",
        "task-definition/{family}:*": "RegisterTaskDefinition",
        "{resourceArn}": "ListTagsForResource TagResource UntagResource",
        "*": "DeregisterTaskDefinition DescribeTaskDefinition ListClusters ListServices ListTaskDefinitions",
    },
)
ECS: Table = entries(
    SAR + "list_amazonelasticcontainerservice.html",
    {**_ECS, "RegisterTaskDefinition": both(_ECS["RegisterTaskDefinition"], _task_roles)},
)

_SERVERLESS = family(
    "emr-serverless",
    {
        "/applications/{applicationId}": "DeleteApplication GetApplication ListJobRuns StartApplication StartJobRun "
        "StopApplication UpdateApplication",
        "{resourceArn}": "ListTagsForResource TagResource UntagResource",
        "*": "CreateApplication ListApplications",
    },
)
EMR_SERVERLESS: Table = entries(
    SAR + "list_amazonemrserverless.html",
    {
        **_SERVERLESS,
        "StartJobRun": both(_SERVERLESS["StartJobRun"], pass_role("executionRoleArn", "emr-serverless.amazonaws.com")),
    },
)

EMR: Table = entries(
    SAR + "list_amazonelasticmapreduce.html",
    family(
        "elasticmapreduce",
        {
            "*": "CreateSecurityConfiguration DeleteSecurityConfiguration DescribeSecurityConfiguration "
            "ListClusters ListSecurityConfigurations",
        },
    ),
)


def _file_tags(action: str) -> Answer:
    """Tags of a file system, or of an access point, whose id tells."""

    def checks(scope: Scope) -> Iterator[Check]:
        kind = "access-point" if scope.text("ResourceId").startswith("fsap-") else "file-system"
        yield from family("elasticfilesystem", {f"{kind}/{{ResourceId}}": action})[action](scope)

    return checks


EFS: Table = entries(
    SAR + "list_amazonelasticfilesystem.html",
    {name: _file_tags(name) for name in ("ListTagsForResource", "TagResource", "UntagResource")}
    | family(
        "elasticfilesystem",
        {
            "file-system/{FileSystemId}": "CreateAccessPoint CreateMountTarget DeleteFileSystem DeleteFileSystemPolicy "
            "DescribeBackupPolicy DescribeFileSystemPolicy DescribeFileSystems DescribeLifecycleConfiguration "
            "DescribeMountTargets PutBackupPolicy PutFileSystemPolicy PutLifecycleConfiguration UpdateFileSystem "
            "UpdateFileSystemProtection",
            "file-system/*": "DeleteMountTarget DescribeMountTargetSecurityGroups ModifyMountTargetSecurityGroups",
            "access-point/{AccessPointId}": "DeleteAccessPoint DescribeAccessPoints",
            "*": "CreateFileSystem",
        },
    ),
)

_SCALING = family(
    "application-autoscaling",
    {
        "*": "DescribeScalableTargets DescribeScalingActivities DescribeScalingPolicies DescribeScheduledActions",
        "scalable-target/*": "DeleteScalingPolicy DeleteScheduledAction DeregisterScalableTarget PutScalingPolicy "
        "PutScheduledAction RegisterScalableTarget",
        "{ResourceARN}": "ListTagsForResource TagResource UntagResource",
    },
)
SCALING: Table = entries(
    SAR + "list_awsapplicationautoscaling.html",
    {
        **_SCALING,
        "RegisterScalableTarget": both(
            _SCALING["RegisterScalableTarget"],
            pass_role("RoleARN", "application-autoscaling.amazonaws.com"),
        ),
    },
)

_BATCH = family(
    "batch",
    {
        "compute-environment/{computeEnvironmentName}": "CreateComputeEnvironment",
        "compute-environment/{computeEnvironment}": "DeleteComputeEnvironment UpdateComputeEnvironment",
        "job-queue/{jobQueueName}": "CreateJobQueue",
        "job-queue/{jobQueue}": "DeleteJobQueue UpdateJobQueue",
        "job-definition/{jobDefinitionName}": "RegisterJobDefinition",
        "job-definition/{jobDefinition}:*": "DeregisterJobDefinition",
        "scheduling-policy/{name}": "CreateSchedulingPolicy",
        "{arn}": "DeleteSchedulingPolicy UpdateSchedulingPolicy",
        "{resourceArn}": "ListTagsForResource TagResource UntagResource",
        "*": "DescribeComputeEnvironments DescribeJobDefinitions DescribeJobQueues DescribeSchedulingPolicies",
    },
)
BATCH: Table = entries(
    SAR + "list_awsbatch.html",
    {
        **_BATCH,
        "CreateComputeEnvironment": both(
            _BATCH["CreateComputeEnvironment"], pass_role("serviceRole", "batch.amazonaws.com")
        ),
    },
)

TABLES: dict[str, Table] = {
    "application-autoscaling": SCALING,
    "batch": BATCH,
    "ecr": ECR,
    "ecs": ECS,
    "efs": EFS,
    "emr": EMR,
    "emr-serverless": EMR_SERVERLESS,
}
