"""Pictures from outside, without the outside."""

import io
import uuid
from pathlib import Path

import httpx
import pytest
from PIL import Image

from jishi.modules.catalog.errors import PictureMissing
from jishi.modules.catalog.models import Product, ProductImage, Variant
from jishi.modules.catalog.operations import fetching, images
from jishi.modules.catalog.operations.fetching import FetchFailed, fetch_picture
from jishi.modules.catalog.queries.products import product_page
from jishi.modules.catalog.tests.makers import OPERATOR, SHIRT, shopify, take_in
from jishi.modules.catalog.types import ImageState
from jishi.platform.outbound import Resolve

PUBLIC = "93.184.216.34"


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return out.getvalue()


def resolver(**answers: list[str]) -> Resolve:
    def resolve(host: str, port: int) -> list[str]:
        del port
        return answers.get(host.replace(".", "_"), [PUBLIC])

    return resolve


def fetch(handler: object, address: str = "https://a.example/1.png", **answers: list[str]) -> bytes:
    transport = httpx.MockTransport(handler)  # type: ignore[arg-type]
    return fetch_picture(address, resolve=resolver(**answers), transport=transport)


def test_the_connection_goes_to_the_checked_address_under_the_name_of_the_host() -> None:
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=png())

    assert fetch(handler) == png()
    [request] = asked
    assert (request.url.host, request.headers["host"]) == (PUBLIC, "a.example")
    assert request.extensions["sni_hostname"] == "a.example"


@pytest.mark.parametrize("answer", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "::ffff:10.0.0.1"])
def test_a_private_address_is_never_asked(answer: str) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    with pytest.raises(FetchFailed) as failed:
        fetch(handler, a_example=[answer])
    assert (failed.value.code, failed.value.may_pass) == ("private_address", False)


def test_a_redirect_into_the_private_network_is_not_followed() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        assert request.headers["host"] == "a.example"
        return httpx.Response(302, headers={"location": "http://inside.example/"})

    with pytest.raises(FetchFailed) as failed:
        fetch(handler, inside_example=["192.168.0.1"])
    assert failed.value.code == "private_address"


def test_redirects_are_followed_three_times_at_most() -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(302, headers={"location": f"/{len(asked)}"})

    with pytest.raises(FetchFailed) as failed:
        fetch(handler)
    assert (failed.value.code, len(asked)) == ("too_many_redirects", 4)


@pytest.mark.parametrize(
    ("status", "may_pass"), [(404, False), (403, False), (500, True), (503, True), (429, True)]
)
def test_a_refusal_of_the_host_may_pass_or_not(status: int, may_pass: bool) -> None:
    with pytest.raises(FetchFailed) as failed:
        fetch(lambda request: httpx.Response(status))
    assert failed.value.may_pass is may_pass


def test_a_body_that_is_too_large_is_left_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "IMAGE_BYTES_MAX", 1_000)

    def chunks() -> object:
        yield from (b"x" * 400 for _ in range(10))

    for response in (
        httpx.Response(200, headers={"content-length": "5000"}, content=b""),
        httpx.Response(200, content=chunks()),  # type: ignore[arg-type]
    ):
        with pytest.raises(FetchFailed) as failed:
            fetch(lambda request, response=response: response)
        assert failed.value.code == "too_large"


def test_a_host_that_does_not_answer_may_come_back() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("slow", request=request)

    with pytest.raises(FetchFailed) as failed:
        fetch(handler)
    assert (failed.value.code, failed.value.may_pass) == ("unreachable", True)


def waiting_image() -> ProductImage:
    take_in(shopify({**SHIRT, "Image Src": "https://a.example/1.png"}))
    return ProductImage.objects.get()


@pytest.mark.django_db
def test_a_fetched_picture_becomes_the_cover(
    monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]
    image = waiting_image()
    stamp = Product.objects.get().stamp
    monkeypatch.setattr(images, "fetch_picture", lambda address: png())

    assert images.fetch_waiting_pictures() is False

    image.refresh_from_db()
    product = Product.objects.get()
    assert (image.state, image.width, image.height) == (ImageState.FETCHED, 40, 30)
    assert product.cover_path == image.path and product.stamp > stamp
    assert (tmp_path / image.path).exists()


@pytest.mark.django_db
def test_a_picture_is_given_up_after_some_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    image = waiting_image()

    def fail(address: str) -> bytes:
        raise FetchFailed("unreachable", may_pass=True)

    monkeypatch.setattr(images, "fetch_picture", fail)
    states = [images.fetch_product_image(image.id) for _ in range(images.ATTEMPTS_MAX + 1)]

    assert states == [ImageState.PENDING] * 3 + [ImageState.FAILED] * 2
    image.refresh_from_db()
    assert (image.failure, image.attempts) == ("unreachable", images.ATTEMPTS_MAX)


@pytest.mark.django_db
def test_what_is_no_picture_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    image = waiting_image()
    monkeypatch.setattr(images, "fetch_picture", lambda address: b"<svg onload='x'>")

    assert images.fetch_product_image(image.id) is ImageState.FAILED
    image.refresh_from_db()
    assert (image.failure, image.path) == ("not_an_image", "")
    assert images.fetch_product_image(uuid.uuid4()) is None


@pytest.mark.django_db
def test_an_uploaded_picture_survives_the_next_import(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]
    waiting_image()
    product = Product.objects.get()

    images.add_picture(by=OPERATOR, product_id=product.id, content=png(), alt="正面")
    take_in(shopify({**SHIRT, "Image Src": "https://a.example/2.png"}))

    kept = ProductImage.objects.order_by("state").values_list("state", "source_address")
    assert list(kept) == [("drawn", ""), ("pending", "https://a.example/2.png")]
    assert Product.objects.get().cover_path


@pytest.mark.django_db
def test_pictures_are_put_in_order_and_removed_and_the_first_is_the_cover(
    settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]
    waiting_image()
    product = Product.objects.get()
    ProductImage.objects.all().delete()
    a, b, c = [images.add_picture(by=OPERATOR, product_id=product.id, content=png()) for _ in range(3)]

    def shown() -> list[uuid.UUID]:
        return [image.id for image in product_page(handle=product.handle, by=OPERATOR).images]

    stamp = Product.objects.get().stamp
    images.move_picture(by=OPERATOR, product_id=product.id, image_id=c, to=0)
    assert shown() == [c, a, b]
    assert Product.objects.get().cover_path == ProductImage.objects.get(id=c).path
    assert Product.objects.get().stamp > stamp
    images.move_picture(by=OPERATOR, product_id=product.id, image_id=c, to=9)
    assert shown() == [a, b, c]

    Variant.objects.filter(product=product).update(image_id=a)
    for _ in range(2):
        images.remove_picture(by=OPERATOR, product_id=product.id, image_id=a)
    assert shown() == [b, c]
    assert not Variant.objects.filter(image__isnull=False).exists()
    assert list(ProductImage.objects.order_by("position").values_list("position", flat=True)) == [0, 1]
    with pytest.raises(PictureMissing):
        images.move_picture(by=OPERATOR, product_id=product.id, image_id=a, to=0)


def test_the_placeholder_page_draws_without_the_database() -> None:
    from django.test import RequestFactory

    from jishi.modules.catalog.pages import placeholder

    response = placeholder(RequestFactory().get("/"), hue=900, initial="<b>")

    assert response.status_code == 200
    assert response["content-type"] == "image/svg+xml"
    assert b"<b>" not in response.content and b"&lt;" in response.content
    assert "immutable" in response["cache-control"]
