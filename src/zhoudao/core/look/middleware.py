"""Turns refusals into pages."""

from zhoudao.core.access import Forbidden
from zhoudao.core.look import views


class RefusalMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return views.forbidden(request, exception) if isinstance(exception, Forbidden) else None
