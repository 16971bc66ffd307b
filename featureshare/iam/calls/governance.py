"""What watches an account in which features lie: Config, budgets, backup, analyzers, catalogs of products, groups."""

from collections.abc import Iterator

from featureshare.iam.calls.model import Check
from featureshare.iam.calls.registry import SAR, Answer, Scope, Table, both, entries, family, pass_role

_CONFIG = family(
    "config",
    {
        "config-rule/*": "DeleteConfigRule PutConfigRule",
        "config-aggregator/*": "DeleteConfigurationAggregator PutConfigurationAggregator",
        "{ResourceArn}": "ListTagsForResource TagResource UntagResource",
        "*": "DescribeConfigRules DescribeConfigurationAggregators DescribeDeliveryChannelStatus "
        "DescribeDeliveryChannels DescribeRetentionConfigurations "
        "DeleteDeliveryChannel PutDeliveryChannel PutRetentionConfiguration DeleteRetentionConfiguration",
        "configuration-recorder/*/*": "DeleteConfigurationRecorder DescribeConfigurationRecorderStatus "
        "DescribeConfigurationRecorders "
        "PutConfigurationRecorder StartConfigurationRecorder StopConfigurationRecorder",
    },
)
CONFIG: Table = entries(
    SAR + "list_awsconfig.html",
    {
        **_CONFIG,
        "PutConfigurationRecorder": both(
            _CONFIG["PutConfigurationRecorder"],
            pass_role("ConfigurationRecorder.roleARN", "config.amazonaws.com"),
        ),
    },
)

_BACKUP = family(
    "backup",
    {
        "backup-vault:{BackupVaultName}": "CreateBackupVault DeleteBackupVault DeleteBackupVaultAccessPolicy "
        "DeleteBackupVaultLockConfiguration DeleteBackupVaultNotifications DescribeBackupVault "
        "GetBackupVaultAccessPolicy GetBackupVaultNotifications ListRecoveryPointsByBackupVault "
        "PutBackupVaultAccessPolicy PutBackupVaultLockConfiguration PutBackupVaultNotifications",
        "backup-plan:{BackupPlanId}": "CreateBackupSelection DeleteBackupPlan DeleteBackupSelection GetBackupPlan "
        "GetBackupSelection ListBackupSelections UpdateBackupPlan",
        "backup-plan:*": "CreateBackupPlan",
        "{ResourceArn}": "ListTags TagResource UntagResource",
        "*": "ListBackupPlans ListBackupVaults",
    },
)
BACKUP: Table = entries(
    SAR + "list_awsbackup.html",
    {
        **_BACKUP,
        "CreateBackupSelection": both(
            _BACKUP["CreateBackupSelection"], pass_role("BackupSelection.IamRoleArn", "backup.amazonaws.com")
        ),
    },
)


def _budget(action: str) -> Answer:
    """An action on a budget, whose ARN has no Region; every call names the account."""

    def checks(scope: Scope) -> Iterator[Check]:
        name = scope.get("BudgetName") or scope.text("Budget.BudgetName")
        resource = scope.arn("budgets", f"budget/{name}", region="")
        yield Check(f"budgets:{action}", resource, scope.call.account)

    return checks


# Budgets knows two rights for what its API offers as many calls.
BUDGETS: Table = entries(
    SAR + "list_awsbudgetservice.html",
    {
        **{
            name: _budget("ModifyBudget")
            for name in (
                *("CreateBudget", "CreateNotification", "CreateSubscriber", "DeleteBudget", "DeleteNotification"),
                *("DeleteSubscriber", "UpdateBudget", "UpdateNotification", "UpdateSubscriber"),
            )
        },
        **{
            name: _budget("ViewBudget")
            for name in (
                *("DescribeBudget", "DescribeBudgets", "DescribeNotificationsForBudget"),
                "DescribeSubscribersForNotification",
            )
        },
        **family("budgets", {"{ResourceARN}": "ListTagsForResource TagResource UntagResource"}),
    },
)

TABLES: dict[str, Table] = {
    "backup": BACKUP,
    "budgets": BUDGETS,
    "config": CONFIG,
    "accessanalyzer": entries(
        SAR + "list_awsiamaccessanalyzer.html",
        family(
            "access-analyzer",
            {
                "analyzer/{analyzerName}": "CreateAnalyzer DeleteAnalyzer GetAnalyzer",
                "analyzer/{analyzerName}/archive-rule/{ruleName}": "CreateArchiveRule DeleteArchiveRule "
                "GetArchiveRule UpdateArchiveRule",
                "{resourceArn}": "ListTagsForResource TagResource UntagResource",
                "*": "ListAnalyzers",
            },
        ),
    ),
    "resource-groups": entries(
        SAR + "list_awsresourcegroups.html",
        family(
            "resource-groups",
            {
                "group/{Group}": "DeleteGroup GetGroup GetGroupConfiguration GetGroupQuery UpdateGroup "
                "UpdateGroupQuery",
                "{Arn}": "GetTags Tag Untag",
                "*": "CreateGroup ListGroups",
            },
        ),
    ),
}
