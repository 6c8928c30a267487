"""What a browser may run on our pages: files of this shop and nothing that stands in a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Nothing is written into pages to be run and htmx evaluates nothing, so a text that slipped through as markup stays still.
POLICY = "script-src 'self'; object-src 'none'; base-uri 'none'"
HEADER = "Content-Security-Policy"


class PolicyMiddleware:
    """The policy on every answer that has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(HEADER, POLICY)
        return response
