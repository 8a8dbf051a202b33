"""Django's settings, from the environment alone.

NABLA_DATA      folder of the database and the secret key (needed unless the two below are given)
DATABASE_URL    another database, such as postgres://user:password@host/name
SECRET_KEY      what sessions are signed with; else the file secret-key in NABLA_DATA
BROKER_URL      where Celery's Redis listens, such as redis://host:6379/0 or redis+socket:///run/redis.sock
NABLA_HOSTS     names under which the pages are served, separated by commas; else this machine's own only
NABLA_HTTPS     1 where a proxy serves the pages by HTTPS and sets X-Forwarded-Proto
NABLA_PROXY     the address from which it does so, unless it is 127.0.0.1
"""

from __future__ import annotations

import os

from grader.service import environment

SECRET_KEY = environment.secret_key(os.environ)
DATABASES = {"default": environment.database(os.environ)}
BROKER_URL = os.environ.get("BROKER_URL", "")
ALLOWED_HOSTS = environment.hosts(os.environ)

DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "service.User"
ROOT_URLCONF = "grader.service.urls"
WSGI_APPLICATION = "grader.service.wsgi.application"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
# Of the links by which new accounts get their first password; a roster is often applied before a course begins.
PASSWORD_RESET_TIMEOUT = 30 * 24 * 3600

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "grader.service",
]
MIDDLEWARE = [
    "grader.service.middleware.ContentSecurityPolicy",
    "grader.service.middleware.NotKept",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "grader.service.middleware.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

FILE_UPLOAD_HANDLERS = ["grader.service.uploads.BoundedUpload"]
CSRF_FAILURE_VIEW = "grader.service.pages.errors.form_expired"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = environment.is_https(os.environ)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environment.is_https(os.environ) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Records go to the log of the process that serves; nothing is mailed.
LOGGING = {"version": 1, "disable_existing_loggers": False, "handlers": {}, "loggers": {}}
LOGGING_CONFIG = None
