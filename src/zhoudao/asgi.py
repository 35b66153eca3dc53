"""The ASGI application that the server serves."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhoudao.settings")
application = get_asgi_application()
