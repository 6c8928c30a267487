"""`{% load pictures %}`: media in the size that fits, with the colour that stands for it until it has come."""

from django import template
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jishi.modules.media.public import MediaView

register = template.Library()

CARD_SIZES = "(min-width: 1024px) 280px, 46vw"


@register.simple_tag
def picture(
    media: MediaView | None,
    sizes: str = CARD_SIZES,
    alt: str = "",
    css: str = "",
    is_first: bool = False,
    behind: str = "",
) -> SafeString:
    """AVIF where the browser knows it, WebP otherwise; nothing for what is not ready.

    `behind`: the address of the pages that show what is private to more people than its owner.
    """
    small = media.small if media else None
    if media is None or small is None:
        return SafeString("")
    formats = {
        name: [
            (address_of(media, place, behind=behind), one.width)
            for place, one in enumerate(media.renditions)
            if one.format == name
        ]
        for name in ("avif", "webp")
    }
    source = ""
    if formats["avif"]:
        source = format_html(
            '<source type="image/avif" srcset="{}" sizes="{}">', _srcset(formats["avif"]), sizes
        )
    return format_html(
        '<picture class="{}">{}<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"'
        ' style="background:{}"{}></picture>',
        css,
        source,
        formats["webp"][0][0],
        _srcset(formats["webp"]),
        sizes,
        media.width,
        media.height,
        alt,
        media.colour,
        SafeString(' fetchpriority="high"' if is_first else ' loading="lazy" decoding="async"'),
    )


@register.filter
def film(media: MediaView) -> str:
    return _address(media, media.video_path, "video") if media.video_path else ""


@register.filter
def still(media: MediaView | None, behind: str = "") -> str:
    """The largest plain picture: for posters and cards that unfurl."""
    if media is None or media.large is None:
        return ""
    return address_of(media, media.renditions.index(media.large), behind=behind)


@register.filter
def percent_bp(value: int) -> str:
    """4250 → 42.5: for positions."""
    return f"{value / 100:.1f}"


def address_of(media: MediaView, place: int, *, behind: str = "") -> str:
    return _address(media, media.renditions[place].path, str(place), behind=behind)


def _address(media: MediaView, path: str, name: str, *, behind: str = "") -> str:
    """Public files lie in the storage; private ones behind a page that asks who looks."""
    if media.is_public:
        return default_storage.url(path)
    return f"{behind}{media.id}/{name}" if behind else reverse("shop:private_media", args=[media.id, name])


def _srcset(files: list[tuple[str, int]]) -> SafeString:
    return format_html_join(", ", "{} {}w", files)
