"""The web application."""

import django
from django.core.handlers.wsgi import WSGIHandler

django.setup()
application = WSGIHandler()
