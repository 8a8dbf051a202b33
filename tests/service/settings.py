"""Settings for tests in this process and for the type checker: those of the service, with a database of their own."""

import os
import tempfile

_FOLDER = os.environ.setdefault("NABLA_DATA", tempfile.mkdtemp(prefix="nabla-tests-"))
os.environ.setdefault("SECRET_KEY", "of the tests")
# No broker: a doorbell that nobody hears is the normal case for tests of rows.
os.environ.setdefault("BROKER_URL", f"redis+socket://{_FOLDER}/nobody.sock")

from grader.service.settings import *  # noqa: E402, F403
from grader.service.settings import DATABASES  # noqa: E402

ALLOWED_HOSTS = ["*"]
# Hashing slowly is for passwords that matter.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": f"{_FOLDER}/test.sqlite3"}
