"""Where files lie when they lie in object storage."""

from collections.abc import Mapping
from typing import Any

BACKEND = "storages.backends.s3.S3Storage"


def in_buckets(s3: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Both storages in buckets of JISHI_S3; the private one signs its addresses and is read by us alone."""
    shared = {name: value for name, value in s3.items() if not name.endswith("bucket_name")}
    public = {
        "bucket_name": s3["bucket_name"],
        "querystring_auth": False,
        "file_overwrite": False,
        "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
    }
    private = {"bucket_name": s3["private_bucket_name"], "default_acl": "private"}
    return {
        "default": {"BACKEND": BACKEND, "OPTIONS": {**shared, **public}},
        "private": {"BACKEND": BACKEND, "OPTIONS": {**shared, **private}},
    }
