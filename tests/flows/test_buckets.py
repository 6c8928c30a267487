"""Files in object storage: private until published, found by browsers, gone when taken back. Needs moto and jishi[s3]."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage, storages
from PIL import Image

from jishi.kernel import clock
from jishi.modules.catalog.public import add_picture, cards_by_ids, request_import, run_requested_import
from jishi.modules.media.public import add_avif, clean_orphans, publish_media, store_picture, withdraw_media
from jishi.platform.files import path_of, read_private
from jishi.runtime.buckets import in_buckets
from tests.world import makers

moto = pytest.importorskip("moto", reason="moto is not installed: object storage was not tried")
boto3 = pytest.importorskip("boto3", reason="jishi[s3] is not installed: object storage was not tried")
pytestmark = pytest.mark.django_db
S3 = {
    "bucket_name": "shop",
    "private_bucket_name": "shop-private",
    "region_name": "us-east-1",
    "access_key": "x",
    "secret_key": "x",
}


@pytest.fixture(autouse=True)
def client(settings: Any) -> Iterator[Any]:
    with moto.mock_aws():
        found = boto3.client("s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        for name in ("shop", "shop-private"):
            found.create_bucket(Bucket=name)
        settings.STORAGES = settings.STORAGES | in_buckets(S3)
        yield found


def keys(client: Any, bucket: str) -> set[str]:
    return {one["Key"] for one in client.list_objects_v2(Bucket=bucket).get("Contents", [])}


def test_a_picture_is_private_until_published_and_again_after(client: Any) -> None:
    stored = store_picture(makers.picture(size=(800, 600)), by=makers.make_member())
    paths = {one.path for one in stored.renditions}
    assert keys(client, "shop-private") == paths and keys(client, "shop") == set()
    publish_media([stored.id])
    assert keys(client, "shop") == paths
    address = default_storage.url(stored.renditions[0].path)
    assert address.startswith("https://shop.s3") and "?" not in address, "an address that never ends"
    private = storages["private"].url(stored.renditions[0].path)
    assert "Signature=" in private, "nobody guesses a private one"
    add_avif(stored.id)
    withdraw_media([stored.id])
    assert keys(client, "shop") == set() and keys(client, "shop-private") >= paths
    assert Image.open(io.BytesIO(read_private(stored.renditions[0].path))).format == "WEBP"


def test_what_nothing_uses_is_cleaned_up(client: Any) -> None:
    with clock.held_at(clock.now() - timedelta(hours=25)):
        store_picture(makers.picture(), by=makers.make_member())
    assert keys(client, "shop-private")
    assert clean_orphans() == 1
    assert keys(client, "shop-private") == set()


def test_pictures_of_goods_are_found_in_the_bucket(client: Any) -> None:
    variant = makers.make_product()
    product_id = makers.product_of(variant)
    add_picture(by=makers.OWNER, product_id=product_id, content=makers.picture())
    address = cards_by_ids([product_id])[product_id].cover_address
    assert {path_of(address)} == keys(client, "shop") and address.startswith("https://shop.s3")


def test_a_list_of_goods_waits_where_nobody_reads_it(client: Any) -> None:
    run = request_import(by=makers.OWNER, filename="a.csv", content=b"Handle,Title,Variant Price\na,A,9\n")
    assert keys(client, "shop") == set() and len(keys(client, "shop-private")) == 1
    done = run_requested_import(by=makers.OWNER, run_id=run.id)
    assert done.id == run.id and keys(client, "shop-private") == set()
