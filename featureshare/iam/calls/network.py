"""EC2's network: VPCs, subnets, security groups, routes and endpoints, as Terraform manages and reads them.

An action on something new is asked for `KIND/*`, since no policy can name an id that does not exist yet.
"""

from collections.abc import Iterator, Mapping

from featureshare.iam.calls.model import Check
from featureshare.iam.calls.registry import SAR, Answer, Context, Scope, Table, entries, on, pass_role, request_tags

_PAGE = SAR + "list_amazonec2.html"
_TAGGING = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html"

# What the ids of EC2 begin with, by the kind in its ARN.
_KINDS: Mapping[str, str] = {
    "acl": "network-acl",
    "dopt": "dhcp-options",
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "fl": "vpc-flow-log",
    "igw": "internet-gateway",
    "nat": "natgateway",
    "pcx": "vpc-peering-connection",
    "pl": "prefix-list",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "subnet": "subnet",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}


def _here(scope: Scope, kind: str, name: str = "*") -> str:
    return scope.arn("ec2", f"{kind}/{name}")


def _named(scope: Scope, used: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(kind, id) of what the parameters in `used` name: one id or several each, none where the call gives none."""
    for parameter, kind in used.items():
        given = scope.get(parameter)
        for name in given if isinstance(given, list | tuple) else (given,):
            if name:
                yield kind, str(name)


def _on(action: str, **used: str) -> Answer:
    """An action on what the parameters name, `Parameter="kind"`; on any of the first kind when they name nothing."""

    def checks(scope: Scope) -> Iterator[Check]:
        found = list(_named(scope, used)) or [(next(iter(used.values())), "*")]
        for kind, name in found:
            yield Check(f"ec2:{action}", _here(scope, kind, name), scope.call.account)

    return checks


def _create(action: str, *made: str, **used: str) -> Answer:
    """A creation of kinds, using what the parameters name; tags at birth need ec2:CreateTags as well."""

    def checks(scope: Scope) -> Iterator[Check]:
        tags = {
            str(given.get("ResourceType")): request_tags(given.get("Tags"))
            for given in scope.get("TagSpecifications") or ()
        }
        for kind in made:
            yield Check(f"ec2:{action}", _here(scope, kind), scope.call.account, tags.get(kind, {}), new=True)
        for kind, name in _named(scope, used):
            yield Check(f"ec2:{action}", _here(scope, kind, name), scope.call.account)
        for kind in made:
            if tags.get(kind):
                born: Context = {**tags[kind], "ec2:CreateAction": action}
                yield Check("ec2:CreateTags", _here(scope, kind), scope.call.account, born, source=_TAGGING, new=True)

    return checks


def _tag(action: str, values: bool) -> Answer:
    """Tagging and untagging, of resources whose ids tell their kind. Removal of every tag names no keys."""

    def checks(scope: Scope) -> Iterator[Check]:
        context = request_tags(scope.get("Tags"))
        if not values:
            keys = context.get("aws:TagKeys")
            context = {"aws:TagKeys": keys} if keys else {}
        for name in scope.get("Resources") or ("*",):
            kind = _KINDS.get(str(name).partition("-")[0], "*")
            yield Check(f"ec2:{action}", _here(scope, kind, str(name)), scope.call.account, context)

    return checks


def _flow_logs(scope: Scope) -> Iterator[Check]:
    """Flow logs of VPCs, subnets or interfaces, told apart by what their ids begin with, and the role that writes."""
    of = {
        kind: [str(name) for name in scope.get("ResourceIds") or () if str(name).startswith(f"{stem}-")]
        for stem, kind in (("vpc", "vpc"), ("subnet", "subnet"), ("eni", "network-interface"))
    }
    yield from _create("CreateFlowLogs", "vpc-flow-log")(scope)
    for kind, names in of.items():
        for name in names:
            yield Check("ec2:CreateFlowLogs", _here(scope, kind, name), scope.call.account)
    yield from pass_role("DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com")(scope)


_READS = (
    "DescribeAccountAttributes",
    "DescribeAddresses",
    "DescribeAddressesAttribute",
    "DescribeAvailabilityZones",
    "DescribeDhcpOptions",
    "DescribeFlowLogs",
    "DescribeInstanceTypes",
    "DescribeInstances",
    "DescribeInternetGateways",
    "DescribeManagedPrefixLists",
    "DescribeNatGateways",
    "DescribeNetworkAcls",
    "DescribeNetworkInterfaces",
    "DescribePrefixLists",
    "DescribeRegions",
    "DescribeRouteTables",
    "DescribeSecurityGroupRules",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeTags",
    "DescribeVpcClassicLink",
    "DescribeVpcClassicLinkDnsSupport",
    "DescribeVpcEndpointServices",
    "DescribeVpcEndpoints",
    "DescribeVpcPeeringConnections",
    "DescribeVpcs",
)

TABLE: Table = entries(
    _PAGE,
    {
        **{name: on(f"ec2:{name}") for name in _READS},
        "AcceptVpcPeeringConnection": _on(
            "AcceptVpcPeeringConnection", VpcPeeringConnectionId="vpc-peering-connection"
        ),
        "AssociateAddress": _on("AssociateAddress", AllocationId="elastic-ip"),
        "AssociateDhcpOptions": _on("AssociateDhcpOptions", DhcpOptionsId="dhcp-options", VpcId="vpc"),
        "AssociateVpcCidrBlock": _on("AssociateVpcCidrBlock", VpcId="vpc"),
        "CreateDhcpOptions": _create("CreateDhcpOptions", "dhcp-options"),
        "CreateFlowLogs": _flow_logs,
        "CreateManagedPrefixList": _create("CreateManagedPrefixList", "prefix-list"),
        "CreateNetworkAcl": _create("CreateNetworkAcl", "network-acl", VpcId="vpc"),
        "CreateNetworkAclEntry": _on("CreateNetworkAclEntry", NetworkAclId="network-acl"),
        "CreateVpcPeeringConnection": _create("CreateVpcPeeringConnection", "vpc-peering-connection", VpcId="vpc"),
        "DeleteDhcpOptions": _on("DeleteDhcpOptions", DhcpOptionsId="dhcp-options"),
        "DeleteFlowLogs": _on("DeleteFlowLogs", FlowLogIds="vpc-flow-log"),
        "DeleteManagedPrefixList": _on("DeleteManagedPrefixList", PrefixListId="prefix-list"),
        "DeleteNetworkAcl": _on("DeleteNetworkAcl", NetworkAclId="network-acl"),
        "DeleteNetworkAclEntry": _on("DeleteNetworkAclEntry", NetworkAclId="network-acl"),
        "DeleteVpcPeeringConnection": _on(
            "DeleteVpcPeeringConnection", VpcPeeringConnectionId="vpc-peering-connection"
        ),
        "DisassociateAddress": on("ec2:DisassociateAddress", "arn:{partition}:ec2:{region}:{account}:elastic-ip/*"),
        "DisassociateVpcCidrBlock": on("ec2:DisassociateVpcCidrBlock", "arn:{partition}:ec2:{region}:{account}:vpc/*"),
        "GetManagedPrefixListEntries": _on("GetManagedPrefixListEntries", PrefixListId="prefix-list"),
        "ModifyManagedPrefixList": _on("ModifyManagedPrefixList", PrefixListId="prefix-list"),
        "ReplaceNetworkAclAssociation": _on("ReplaceNetworkAclAssociation", NetworkAclId="network-acl"),
        "ReplaceNetworkAclEntry": _on("ReplaceNetworkAclEntry", NetworkAclId="network-acl"),
        "AllocateAddress": _create("AllocateAddress", "elastic-ip"),
        "AssociateRouteTable": _on("AssociateRouteTable", RouteTableId="route-table", SubnetId="subnet"),
        "AttachInternetGateway": _on("AttachInternetGateway", InternetGatewayId="internet-gateway", VpcId="vpc"),
        "AuthorizeSecurityGroupEgress": _on("AuthorizeSecurityGroupEgress", GroupId="security-group"),
        "AuthorizeSecurityGroupIngress": _on("AuthorizeSecurityGroupIngress", GroupId="security-group"),
        "CreateInternetGateway": _create("CreateInternetGateway", "internet-gateway"),
        "CreateNatGateway": _create("CreateNatGateway", "natgateway", AllocationId="elastic-ip", SubnetId="subnet"),
        "CreateRoute": _on("CreateRoute", RouteTableId="route-table"),
        "CreateRouteTable": _create("CreateRouteTable", "route-table", VpcId="vpc"),
        "CreateSecurityGroup": _create("CreateSecurityGroup", "security-group", VpcId="vpc"),
        "CreateSubnet": _create("CreateSubnet", "subnet", VpcId="vpc"),
        "CreateTags": _tag("CreateTags", True),
        "CreateVpc": _create("CreateVpc", "vpc"),
        "CreateVpcEndpoint": _create(
            "CreateVpcEndpoint",
            "vpc-endpoint",
            VpcId="vpc",
            RouteTableIds="route-table",
            SubnetIds="subnet",
            SecurityGroupIds="security-group",
        ),
        "DeleteInternetGateway": _on("DeleteInternetGateway", InternetGatewayId="internet-gateway"),
        "DeleteNatGateway": _on("DeleteNatGateway", NatGatewayId="natgateway"),
        "DeleteRoute": _on("DeleteRoute", RouteTableId="route-table"),
        "DeleteRouteTable": _on("DeleteRouteTable", RouteTableId="route-table"),
        "DeleteSecurityGroup": _on("DeleteSecurityGroup", GroupId="security-group"),
        "DeleteSubnet": _on("DeleteSubnet", SubnetId="subnet"),
        "DeleteTags": _tag("DeleteTags", False),
        "DeleteVpc": _on("DeleteVpc", VpcId="vpc"),
        "DeleteVpcEndpoints": _on("DeleteVpcEndpoints", VpcEndpointIds="vpc-endpoint"),
        "DescribeVpcAttribute": _on("DescribeVpcAttribute", VpcId="vpc"),
        "DetachInternetGateway": _on("DetachInternetGateway", InternetGatewayId="internet-gateway", VpcId="vpc"),
        "DisassociateRouteTable": _on("DisassociateRouteTable", RouteTableId="route-table"),
        "ModifySecurityGroupRules": _on("ModifySecurityGroupRules", GroupId="security-group"),
        "ModifySubnetAttribute": _on("ModifySubnetAttribute", SubnetId="subnet"),
        "ModifyVpcAttribute": _on("ModifyVpcAttribute", VpcId="vpc"),
        "ModifyVpcEndpoint": _on(
            "ModifyVpcEndpoint",
            VpcEndpointId="vpc-endpoint",
            AddRouteTableIds="route-table",
            RemoveRouteTableIds="route-table",
            AddSubnetIds="subnet",
            RemoveSubnetIds="subnet",
            AddSecurityGroupIds="security-group",
            RemoveSecurityGroupIds="security-group",
        ),
        "ReleaseAddress": _on("ReleaseAddress", AllocationId="elastic-ip"),
        "ReplaceRoute": _on("ReplaceRoute", RouteTableId="route-table"),
        "ReplaceRouteTableAssociation": _on("ReplaceRouteTableAssociation", RouteTableId="route-table"),
        "RevokeSecurityGroupEgress": _on("RevokeSecurityGroupEgress", GroupId="security-group"),
        "RevokeSecurityGroupIngress": _on("RevokeSecurityGroupIngress", GroupId="security-group"),
        "UpdateSecurityGroupRuleDescriptionsEgress": _on(
            "UpdateSecurityGroupRuleDescriptionsEgress", GroupId="security-group"
        ),
        "UpdateSecurityGroupRuleDescriptionsIngress": _on(
            "UpdateSecurityGroupRuleDescriptionsIngress", GroupId="security-group"
        ),
    },
)
