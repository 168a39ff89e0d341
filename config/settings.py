"""Settings, read from the environment and from `.env` beside manage.py.

Production is the default for web servers, commands and Celery workers alike, and needs SECRET_KEY and ALLOWED_HOSTS.
DEBUG=1 asks for development.
"""

from ipaddress import ip_network
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.caches import caches_of
from config.capacity import (
    DEFAULT_MAX_PHOTO_SEARCHES,
    DEFAULT_MAX_REQUESTS,
    DEFAULT_MAX_WAITING,
    DEFAULT_MAX_WAITING_PHOTO_SEARCHES,
)
from config.database import database_settings, replica_settings
from config.required import require_in_production

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"  # all that is made on this machine and not by people: database, caches, fetched models

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="only-for-development" if DEBUG else "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG else [])
require_in_production({"SECRET_KEY": SECRET_KEY, "ALLOWED_HOSTS": ALLOWED_HOSTS}, debug=DEBUG)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "access.admin_app.ShopAdminConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "knox",
    "django_prometheus",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "csp",
    "access",
    "catalogue",
    "search",
    "demo",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "config.health.HealthCheckMiddleware",
    "config.overload.OverloadMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "catalogue.api.slashes.SlashMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.faults.FaultMiddleware",
    "config.replicas.ReplicaMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    }
]

DATABASES = {"default": database_settings(env.str("DATABASE_URL", default=""), folder=VAR_DIR / "postgres")}
if test_database := env.str("TEST_DB_NAME", default=""):
    DATABASES["default"]["TEST"] = {"NAME": test_database}  # for two test runs at once
# Streaming replicas that pages and searches read from (config/replicas.py), and how many seconds one may lag.
REPLICAS = replica_settings(env.list("REPLICA_URLS", default=[]))
REPLICA_MAX_LAG_S = env.int("REPLICA_MAX_LAG_S", default=5)
DATABASES |= REPLICAS
DATABASE_ROUTERS = ["config.replicas.ReplicaRouter"] if REPLICAS else []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the memory of this process unless CACHE_URL names a server (redis://...). Where several processes serve it must:
# search/checks.py warns.
PHOTO_CACHE_BYTES = env.int("PHOTO_CACHE_BYTES", default=256_000_000)  # of photos in memory; one has about 150 kB
# Of it one client's: with more, the client's own earlier photos are deleted, and nobody else's.
PHOTO_CLIENT_BYTES = env.int("PHOTO_CLIENT_BYTES", default=64_000_000)
CACHES = caches_of(env.cache_url("CACHE_URL", default="locmemcache://"), photo_bytes=PHOTO_CACHE_BYTES)

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_REDIRECT_URL = "admin:index"  # where the address to go back to is refused

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("id", _("Indonesian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
# What the merchant's own texts are written in, "en" or "id", for screen readers and search engines; empty: not known.
CATALOGUE_LANGUAGE = env.str("CATALOGUE_LANGUAGE", default="")
if CATALOGUE_LANGUAGE not in ("", "en", "id"):
    raise ImproperlyConfigured(f"CATALOGUE_LANGUAGE is {CATALOGUE_LANGUAGE!r}; it may be en, id or empty.")
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Jakarta")
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = env.str("MEDIA_URL", default="/media/")
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "media"))
# Where no web server stands before this process, it serves media files and uncollected static files itself.
SERVE_FILES = env.bool("SERVE_FILES", default=DEBUG)
WHITENOISE_USE_FINDERS = SERVE_FILES
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600

AWS_STORAGE_BUCKET_NAME = env.str("AWS_STORAGE_BUCKET_NAME", default="")
STORAGES = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage"
        if AWS_STORAGE_BUCKET_NAME
        else "django.core.files.storage.FileSystemStorage"
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if SERVE_FILES
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
AWS_S3_ENDPOINT_URL = env.str("AWS_S3_ENDPOINT_URL", default=None)
AWS_S3_REGION_NAME = env.str("AWS_S3_REGION_NAME", default=None)
AWS_S3_CUSTOM_DOMAIN = env.str("AWS_S3_CUSTOM_DOMAIN", default=None)
AWS_QUERYSTRING_AUTH = env.bool("AWS_QUERYSTRING_AUTH", default=False)

# How many proxies stand before this process: a client's address is the one that the outermost of them saw. None: an
# X-Forwarded-For is the client's own invention.
NUM_PROXIES = env.int("NUM_PROXIES", default=0)
REST_KNOX = {"TOKEN_TTL": None, "AUTH_HEADER_PREFIX": "Token"}  # a token lasts until it is deleted
KNOX_TOKEN_MODEL = "access.ApiToken"  # noqa: S105  a model's name
MIGRATION_MODULES = {"knox": None}  # a table of its own, that nothing would use

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "access.tokens.HashedTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["access.permissions.HasModelPermissionOrReadOnly"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 24,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "NUM_PROXIES": NUM_PROXIES,
    "DEFAULT_THROTTLE_RATES": {  # of one client
        "photo": env.str("PHOTO_THROTTLE", default="300/min"),
        "deep": env.str("DEEP_THROTTLE", default="120/min"),
    },
    "DEFAULT_PARSER_CLASSES": [
        "catalogue.api.parsers.FlatJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Fashion Visual Search",
    "DESCRIPTION": "A catalogue of clothes that can be searched with a photo.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": "none"},  # else it asks swagger.io
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "GarmentTypeEnum": "catalogue.choices.GarmentTypeChoices",
        "ColourEnum": "catalogue.choices.ColourChoices",
    },
}

# Requests that one process works on at once, and how many more wait their turn; past those it answers 503
# (config/request_queues.py). gunicorn.conf.py has as many threads as work at once, and some for health checks.
MAX_REQUESTS = env.int("MAX_REQUESTS", default=DEFAULT_MAX_REQUESTS)
MAX_PHOTO_SEARCHES = env.int("MAX_PHOTO_SEARCHES", default=DEFAULT_MAX_PHOTO_SEARCHES)
MAX_WAITING = env.int("MAX_WAITING", default=DEFAULT_MAX_WAITING)
MAX_WAITING_PHOTO_SEARCHES = env.int("MAX_WAITING_PHOTO_SEARCHES", default=DEFAULT_MAX_WAITING_PHOTO_SEARCHES)
# Who may read /metrics: a scraper that sends this token, or one that connects from these networks, not by a proxy.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_NETWORKS = [ip_network(network) for network in env.list("METRICS_NETWORKS", default=[])]

# Photos. The limits bound what one request may cost; the message of a refusal names them.
PHOTO_MAX_BYTES = env.int("PHOTO_MAX_BYTES", default=20_000_000)
DATA_UPLOAD_MAX_MEMORY_SIZE = PHOTO_MAX_BYTES
# Of a whole request, files included: what the admin may be sent. config/request_body.py refuses more as it arrives.
MAX_REQUEST_BYTES = env.int("MAX_REQUEST_BYTES", default=100_000_000)
# An uploaded photo never touches the disk: it is kept in memory while it is searched with.
FILE_UPLOAD_MAX_MEMORY_SIZE = PHOTO_MAX_BYTES + 1_000_000
# How long a photo and the links to its search live.
PHOTO_QUERY_SECONDS = env.int("PHOTO_QUERY_SECONDS", default=30 * 60)
# Whether image_url may name a host of our own network. Only where shoppers are trusted, as in a test.
PHOTO_URL_PRIVATE_HOSTS = env.bool("PHOTO_URL_PRIVATE_HOSTS", default=False)

# Thumbnails are WebP files that fit these boxes: width and height in pixels, quality.
THUMBNAILS = {
    "tiny": (96, 128, 80),
    "card": (320, 427, 82),
    "card2x": (640, 853, 78),
    "large": (960, 1280, 80),
    "zoom": (1600, 2133, 82),
}

# Models: fetched ones lie here; DETECTOR names one of them in place of the bundled detector.
MODELS_DIR = env.str("MODELS_DIR", default=str(VAR_DIR / "models"))
DETECTOR = env.str("DETECTOR", default="") or None

# Workers for `embed_catalogue --distributed`. Redis keeps their answers too; other brokers send them back.
CELERY_APP = "config.celery.app"
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="")
CELERY_RESULT_BACKEND = CELERY_BROKER_URL if CELERY_BROKER_URL.startswith("redis") else "rpc://"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # tasks are long: none waits behind another while a worker idles
CELERY_WORKER_CONCURRENCY = 1  # a model uses all the cores of its machine already
# What a killed worker had in hand is given to another after so many seconds (Redis; other brokers notice at once). A
# task takes about ten; one that takes longer is done twice, which changes nothing.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": env.int("CELERY_VISIBILITY_SECONDS", default=30),
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,  # at each interval; kombu's own is at each tenth
    "unacked_mutex_expire": 10,  # held by whoever looks for such work; kombu's five minutes outlive a killed one
    "socket_connect_timeout": 5,
    "socket_timeout": 15,
}
# A web request that hands out work does not wait for a broker that is away: embed_catalogue finds what was not done.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.2}
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_RESULT_EXPIRES = 24 * 3600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *([f"https://{AWS_S3_CUSTOM_DOMAIN}"] if AWS_S3_CUSTOM_DOMAIN else [])],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
HTTPS = env.bool("HTTPS", default=False)  # behind a proxy that ends TLS and sets X-Forwarded-Proto
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
