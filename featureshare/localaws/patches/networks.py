"""moto's networks: tags of DHCP options at birth, and how an interface endpoint gives its addresses, are kept."""

from typing import Any

from moto.ec2.responses.dhcp_options import DHCPOptions
from moto.ec2.responses.vpcs import VPCs

_options = DHCPOptions.create_dhcp_options
_made, _changed = VPCs.create_vpc_endpoint, VPCs.modify_vpc_endpoint
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
_DEFAULT, _DNS = "ipv4", {"DnsRecordIpType": "ipv4"}


def apply() -> None:
    def create_dhcp_options(self: Any) -> Any:
        answer: Any = _options(self)
        answer.result["DhcpOptions"].add_tags(self._parse_tag_specification().get("dhcp-options", {}))
        return answer

    def create_vpc_endpoint(self: Any) -> Any:
        answer: Any = _made(self)
        _addressed(self, answer.result["VpcEndpoint"])
        return answer

    def modify_vpc_endpoint(self: Any) -> Any:
        answer = _changed(self)
        endpoint = self.ec2_backend.vpc_end_points[self._get_param("VpcEndpointId")]
        endpoint.private_dns_enabled = self._get_bool_param("PrivateDnsEnabled", if_none=endpoint.private_dns_enabled)
        _addressed(self, endpoint)
        return answer

    DHCPOptions.create_dhcp_options = create_dhcp_options  # type: ignore[method-assign]
    VPCs.create_vpc_endpoint = create_vpc_endpoint  # type: ignore[method-assign]
    VPCs.modify_vpc_endpoint = modify_vpc_endpoint  # type: ignore[method-assign]


def _addressed(response: Any, endpoint: Any) -> None:
    if str(endpoint.vpc_endpoint_type).lower() != "interface":
        return
    kept = endpoint.__dict__
    kept["ip_address_type"] = response._get_param("IpAddressType") or kept.get("ip_address_type") or _DEFAULT
    given = {name: value for name, value in (response._get_param("DnsOptions") or {}).items() if value is not None}
    kept["dns_options"] = {**_DNS, **kept.get("dns_options", {}), **given}
