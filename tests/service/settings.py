"""Settings for tests in this process and for the type checker: those of the service, with a database of their own."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "of the tests")
os.environ.setdefault("NABLA_DATA", tempfile.gettempdir())

from grader.service.settings import *  # noqa: F403

ALLOWED_HOSTS = ["*"]
# Hashing slowly is for passwords that matter.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
