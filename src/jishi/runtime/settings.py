"""Django settings, read from the environment (see docs/operating/settings.md for the table)."""

from pathlib import Path

from jishi.runtime.environment import environment

ENV = environment()
BASE_DIR = Path(__file__).resolve().parent.parent
HOME_DIR = ENV.home

SECRET_KEY = ENV.secret_key
DEBUG = ENV.debug
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENV.trusted_origins
ROOT_URLCONF = "jishi.surfaces.urls"
WSGI_APPLICATION = "jishi.runtime.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Member"

ROOMS = [
    "jishi.modules.people",
    "jishi.modules.catalog",
    "jishi.modules.ledger",
    "jishi.modules.messaging",
    "jishi.modules.webhooks",
    "jishi.modules.payments",
    "jishi.modules.inventory",
    "jishi.modules.sharing",
    "jishi.modules.orders",
    "jishi.modules.plays.group_buy",
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "django_htmx",
    "procrastinate.contrib.django",
    "jishi.platform",
    *ROOMS,
    "jishi.surfaces",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "surfaces/shop/templates", BASE_DIR / "surfaces/console/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": ENV.database()}
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = HOME_DIR / "media"

JISHI_CURRENCY = ENV.currency
JISHI_BASE_URL = ENV.base_url
JISHI_DEMO = ENV.demo
