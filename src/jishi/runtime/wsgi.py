"""Django as a WSGI application; the front door hands it everything that is not native."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.runtime.settings")

application = get_wsgi_application()
