"""Django settings, read from the environment (see docs/operating/settings.md for the table)."""

from pathlib import Path

from jishi.runtime.buckets import in_buckets
from jishi.runtime.environment import environment
from jishi.runtime.logs import logging_config

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
    "jishi.modules.approvals",
    "jishi.modules.finance",
    "jishi.modules.guard",
    "jishi.modules.media",
    "jishi.modules.payments",
    "jishi.modules.inventory",
    "jishi.modules.sharing",
    "jishi.modules.wallet",
    "jishi.modules.promotions",
    "jishi.modules.loyalty",
    "jishi.modules.orders",
    "jishi.modules.events",
    "jishi.modules.community",
    "jishi.modules.incentives",
    "jishi.modules.plays.life",
    "jishi.modules.plays.group_buy",
    "jishi.modules.plays.flash_sale",
    "jishi.modules.plays.bargain",
    "jishi.modules.campaigns",
    "jishi.modules.plays.red_packet",
    "jishi.modules.plays.lucky_draw",
    "jishi.modules.aftersales",
    "jishi.modules.reviews",
    "jishi.modules.notes",
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
    *(f"allauth.socialaccount.providers.{name}" for name in ENV.social_providers),
    "django_htmx",
    "ninja",  # its static files: the page of the API
    "procrastinate.contrib.django",
    "jishi.platform",
    *ROOMS,
    "jishi.flows",
    "jishi.surfaces",
    "jishi.runtime",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "jishi.surfaces.policy.PolicyMiddleware",
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
    "jishi.surfaces.actors.ActorMiddleware",
    "jishi.surfaces.shop.sharing.SourceMiddleware",
    "jishi.surfaces.shop.problems.RefusalMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            BASE_DIR / "surfaces/shop/templates",
            BASE_DIR / "surfaces/console/templates",
            BASE_DIR / "surfaces/api/templates",
        ],
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
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Log-in by phone is the shop's own; e-mail, social accounts and second factors are allauth's, under /accounts/.
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/me/"
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "jishi.surfaces.account_adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "jishi.surfaces.account_adapter.SocialAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_USER_DISPLAY = "jishi.surfaces.account_adapter.display_name"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "集市 · "
SOCIALACCOUNT_PROVIDERS = ENV.social_providers
SOCIALACCOUNT_AUTO_SIGNUP = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Jishi"
CSRF_FAILURE_VIEW = "jishi.surfaces.shop.problems.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.mail_from
globals().update(ENV.mail())

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 5_000},
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = HOME_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": HOME_DIR / "private"
        },  # served by no address, only by pages that ask who looks
    },
    "staticfiles": {"BACKEND": "jishi.runtime.static_files.HashedStaticFiles"},
}
if ENV.s3:
    STORAGES |= in_buckets(ENV.s3)
# Before anything has been collected (tests, development) files are served from where they lie.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_MAX_AGE = 3600

SESSION_COOKIE_NAME = "jishi_session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENV.is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "jishi_csrf"
LANGUAGE_COOKIE_NAME = "jishi_language"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 30 if ENV.is_https else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = min(ENV.body_max_bytes, 4 * 1024 * 1024)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

LOGGING = logging_config(log_format=ENV.log_format, level=ENV.log_level)

JISHI_CURRENCY = ENV.currency
JISHI_TAX_INCLUSIVE, JISHI_TAX_RATE = ENV.is_tax_inclusive, ENV.tax_rate
JISHI_TAX_ROUNDING = ENV.tax_rounding
JISHI_BASE_URL = ENV.base_url
JISHI_SANDBOX_URL = ENV.sandbox_url
JISHI_SANDBOX_SECRET = ENV.sandbox_secret
JISHI_DEMO = ENV.demo
JISHI_PRIZE_VALUE_MAX_MINOR = ENV.prize_value_max_minor
JISHI_STAFF_MFA = ENV.staff_mfa
JISHI_PAYMENT_ACCOUNTS = ENV.payment_accounts
_REAL_PROVIDERS = {
    "wechat": "jishi.modules.payments.providers.wechat.WeChatProvider",
    "alipay": "jishi.modules.payments.providers.alipay.AlipayProvider",
    "stripe": "jishi.modules.payments.providers.stripe_checkout.StripeProvider",
}
# A provider is offered when it is configured; the sandbox when none is, or in the demo.
JISHI_PAYMENT_PROVIDERS = {
    **{name: address for name, address in _REAL_PROVIDERS.items() if name in JISHI_PAYMENT_ACCOUNTS},
    **(
        {"sandbox": "jishi.modules.payments.providers.sandbox.SandboxProvider"}
        if JISHI_DEMO or not JISHI_PAYMENT_ACCOUNTS
        else {}
    ),
    "wallet": "jishi.modules.payments.providers.wallet.WalletProvider",
}
JISHI_SMS_SENDER = "jishi.modules.messaging.providers.console_sender"
JISHI_RATE_FACTOR = ENV.rate_factor
