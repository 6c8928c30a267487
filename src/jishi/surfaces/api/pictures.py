"""Pictures that come before what they belong to: stored at once, named by a signed token that only their sender can use."""

from enum import StrEnum
from typing import Any

from django.core import signing
from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput
from jishi.platform.files import IMAGE_BYTES_MAX, NotAnImage, StoredImage, store_photo
from jishi.platform.http import actor_of, limited_as, scopes

SALT = "jishi.pictures"
VALID_SECONDS = 24 * 3600
TOKEN_MAX = 400
router = Router(tags=["pictures"])


class Purpose(StrEnum):
    CASE = "case"
    REVIEW = "review"


_FOLDERS = {Purpose.CASE: ("cases", True), Purpose.REVIEW: ("reviews", False)}


class PictureOut(Schema):
    """`token` is valid for a day, for you, and for that purpose."""

    token: str
    width: int
    height: int


@router.post(
    "/me/pictures",
    response={201: PictureOut},
    summary="Send a picture for a case or a review",
    openapi_extra=scopes("shop.write", **limited_as("import")),
)
def send_picture(request: HttpRequest, file: File[UploadedFile], purpose: Form[Purpose]) -> Any:
    """JPEG, PNG, WebP or GIF, checked by its content and re-encoded; what it carries besides pixels is dropped."""
    member_id = actor_of(request).require_member()
    if (file.size or 0) > IMAGE_BYTES_MAX:
        raise NotAnImage(size=file.size)
    folder, is_private = _FOLDERS[purpose]
    photo = store_photo(content=file.read(), folder=folder, is_private=is_private)
    token = signing.dumps(
        [str(member_id), purpose.value, photo.path, photo.width, photo.height], salt=SALT, compress=True
    )
    return Status(201, {"token": token, "width": photo.width, "height": photo.height})


def pictures_of(tokens: list[str], *, purpose: Purpose, by: Actor) -> list[StoredImage]:
    """What the tokens stand for. Raises InvalidInput for those of others, of another purpose, or too old."""
    found = []
    for token in tokens:
        try:
            member, given, path, width, height = signing.loads(token, salt=SALT, max_age=VALID_SECONDS)
        except (signing.BadSignature, ValueError) as error:
            raise InvalidInput(field="pictures", reason="请重新上传图片") from error
        if member != str(by.id) or given != purpose.value:
            raise InvalidInput(field="pictures", reason="请重新上传图片")
        found.append(StoredImage(path=path, width=width, height=height))
    return found
