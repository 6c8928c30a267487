"""Refusals of outgoing webhooks."""

from jishi.kernel.errors import Kind, Refusal


class BadEndpoint(Refusal):
    """`reason` says what is wrong with the address."""

    code = "bad_endpoint"
    message = "接收地址不能用：{reason}"


class UnknownFact(Refusal):
    code = "unknown_fact"
    message = "没有这个事件：{fact_name}"


class TooManyEndpoints(Refusal):
    kind = Kind.CONFLICT
    code = "too_many_endpoints"
    message = "最多 {limit} 个接收地址，请先删除不用的。"


class EndpointOff(Refusal):
    kind = Kind.CONFLICT
    code = "endpoint_off"
    message = "这个接收地址已停用，请先启用。"
