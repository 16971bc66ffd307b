"""moto's networks: tags of DHCP options at birth, and how an interface endpoint gives its addresses, are kept; a
gateway endpoint that gains or loses a route table gains or loses its route there."""

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
        endpoint = self.ec2_backend.vpc_end_points.get(self._get_param("VpcEndpointId"))
        before = set(endpoint.route_table_ids or ()) if endpoint else set()
        answer = _changed(self)
        _routed(self.ec2_backend, endpoint, before)
        endpoint.private_dns_enabled = self._get_bool_param("PrivateDnsEnabled", if_none=endpoint.private_dns_enabled)
        _addressed(self, endpoint)
        return answer

    DHCPOptions.create_dhcp_options = create_dhcp_options  # type: ignore[method-assign]
    VPCs.create_vpc_endpoint = create_vpc_endpoint  # type: ignore[method-assign]
    VPCs.modify_vpc_endpoint = modify_vpc_endpoint  # type: ignore[method-assign]


def _routed(backend: Any, endpoint: Any, before: set[str]) -> None:
    places = endpoint.destination_prefix_list_id
    if not places:
        return
    after = set(endpoint.route_table_ids or ())
    for table in sorted(after - before):
        backend.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=places)
    for table in sorted(before - after):
        backend.delete_route(table, places)


def _addressed(response: Any, endpoint: Any) -> None:
    if str(endpoint.vpc_endpoint_type).lower() != "interface":
        return
    kept = endpoint.__dict__
    kept["ip_address_type"] = response._get_param("IpAddressType") or kept.get("ip_address_type") or _DEFAULT
    given = {name: value for name, value in (response._get_param("DnsOptions") or {}).items() if value is not None}
    kept["dns_options"] = {**_DNS, **kept.get("dns_options", {}), **given}
