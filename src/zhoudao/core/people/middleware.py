"""Puts ``request.actor`` on every request."""

from zhoudao.core.access import VISITOR


class ActorMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        origin = request.META.get("REMOTE_ADDR", "")
        request.actor = request.user.as_actor(origin) if request.user.is_authenticated else VISITOR
        return self.get_response(request)
