"""OpenTelemetry traces, only when OTEL_EXPORTER_OTLP_ENDPOINT names a collector."""

from typing import TYPE_CHECKING

from jishi.runtime.environment import environment

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


def tracer(service: str) -> "Tracer | None":
    """None without a collector; the libraries are then not even imported."""
    if not environment().otlp_endpoint:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"jishi-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider.get_tracer("jishi")
