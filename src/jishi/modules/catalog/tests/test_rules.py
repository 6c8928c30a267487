"""Decisions about drafts, words, addresses, texts and drawings; no database."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.errors import IllegalStep
from jishi.kernel.flow import advance
from jishi.modules.catalog.rules.drafts import draft_after
from jishi.modules.catalog.rules.drawing import draw_placeholder, hue_of, initial_of
from jishi.modules.catalog.rules.lifecycle import LIFECYCLE, missing_to_publish
from jishi.modules.catalog.rules.parsed import ABSENT, ParsedProduct, ParsedVariant
from jishi.modules.catalog.rules.problems import REASONS
from jishi.modules.catalog.rules.search_words import index_text, pairs, query_terms
from jishi.modules.catalog.rules.texts import plain_text, safe_html
from jishi.modules.catalog.types import ProductKind, ProductState, Source
from jishi.platform.outbound import AddressRefused, is_public, pick_public, split_address

SIZED = ParsedProduct(
    line=2,
    source=Source.SHOPIFY,
    source_key="shirt",
    handle="shirt",
    title="Shirt",
    option_names=("Size",),
    variants=(
        ParsedVariant(line=2, sku="A", option_values=("S",), price_minor=100),
        ParsedVariant(line=3, sku="B", option_values=("M",), price_minor=100),
    ),
)


def stored() -> object:
    draft = draft_after(parsed=SIZED, stored=None, currency="CNY")
    keyed = tuple(replace(v, key=f"k{n}", barcode="690") for n, v in enumerate(draft.variants))
    return replace(draft, variants=keyed, vendor="Maker", handle="shirt-9")


def test_taking_the_same_file_in_again_changes_nothing() -> None:
    before = stored()
    assert draft_after(parsed=SIZED, stored=before, currency="CNY") == before  # type: ignore[arg-type]


def test_columns_that_the_file_lacks_keep_what_is_known() -> None:
    after = draft_after(parsed=replace(SIZED, title="New", vendor=ABSENT), stored=stored(), currency="CNY")  # type: ignore[arg-type]
    assert (after.title, after.vendor, after.handle, after.variants[0].barcode) == (
        "New",
        "Maker",
        "shirt-9",
        "690",
    )


def test_a_variant_keeps_its_identity_when_its_sku_or_its_options_change() -> None:
    first, second = SIZED.variants
    for moved in (replace(first, sku="A2"), replace(first, option_values=("XS",))):
        after = draft_after(
            parsed=replace(SIZED, variants=(moved, second)),
            stored=stored(),  # type: ignore[arg-type]
            currency="CNY",
        )
        assert [(v.key, v.sku, v.option_values) for v in after.variants] == [
            ("k0", moved.sku, moved.option_values),
            ("k1", "B", ("M",)),
        ]


def test_a_variant_that_the_file_does_not_name_stays_and_one_that_no_longer_fits_retires() -> None:
    fewer = draft_after(
        parsed=replace(SIZED, variants=SIZED.variants[:1]),
        stored=stored(),  # type: ignore[arg-type]
        currency="CNY",
    )
    assert [v.is_active for v in fewer.variants] == [True, True]

    other = ParsedVariant(line=2, sku="C", option_values=("Red", "S"), price_minor=1)
    changed = draft_after(
        parsed=replace(SIZED, option_names=("Color", "Size"), variants=(other,)),
        stored=stored(),  # type: ignore[arg-type]
        currency="CNY",
    )
    assert [(v.sku, v.is_active) for v in changed.variants] == [("C", True), ("A", False), ("B", False)]


LEGAL = {
    ("draft", "publish"): "published",
    ("draft", "archive"): "archived",
    ("published", "unpublish"): "draft",
    ("published", "archive"): "archived",
    ("archived", "restore"): "draft",
}


@pytest.mark.parametrize("state", list(ProductState))
@pytest.mark.parametrize("verb", ["publish", "unpublish", "archive", "restore"])
def test_the_whole_lifecycle(state: ProductState, verb: str) -> None:
    if (state.value, verb) in LEGAL:
        assert advance(LIFECYCLE, state, verb).value == LEGAL[state.value, verb]
    else:
        with pytest.raises(IllegalStep):
            advance(LIFECYCLE, state, verb)


def test_what_is_missing_to_publish() -> None:
    draft = draft_after(parsed=SIZED, stored=None, currency="CNY")
    assert missing_to_publish(draft) == ()
    assert len(missing_to_publish(replace(draft, title=" ", variants=()))) == 2
    assert len(missing_to_publish(replace(draft, kind=ProductKind.EXTERNAL))) == 1
    assert len(missing_to_publish(replace(draft, kind=ProductKind.GROUPED, variants=()))) == 1


def test_chinese_is_indexed_by_words_pairs_and_characters_and_latin_as_it_is() -> None:
    def cut(run: str) -> list[str]:
        return ["夏季", "连衣裙"]

    assert index_text("夏季连衣裙 T-Shirt ＸＬ", cut=cut).split() == [
        *(["夏季", "连衣裙", "季连", "连衣", "衣裙", "夏", "季", "连", "衣", "裙"]),
        "t-shirt",
        "xl",
    ]
    assert pairs("裙") == ["裙"]


def test_a_query_falls_back_to_pairs_without_a_dictionary() -> None:
    assert query_terms("连衣裙 Dress", cut=None) == [
        ("'连衣' & '衣裙'", "'连衣' & '衣裙'", ""),
        ("", "", "dress"),
    ]
    assert query_terms("连衣裙", cut=lambda run: [run]) == [("'连衣裙'", "'连衣' & '衣裙'", "")]


@given(st.text(max_size=60))
def test_no_text_makes_a_query_that_can_be_broken_out_of(text: str) -> None:
    for words, both, latin in query_terms(text, cut=None):
        assert not {"\\", ":", "|", "!", "(", ")", "<"} & set(words + both + latin)


@pytest.mark.parametrize(
    ("ip", "public"),
    [
        ("93.184.216.34", True),
        ("2606:4700::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("not an ip", False),
    ],
)
def test_only_addresses_of_the_open_internet_are_public(ip: str, public: bool) -> None:
    assert is_public(ip) is public


def test_one_private_answer_spoils_all() -> None:
    assert pick_public(["93.184.216.34", "1.1.1.1"]) == "93.184.216.34"
    for answers in ([], ["93.184.216.34", "10.0.0.1"]):
        with pytest.raises(AddressRefused):
            pick_public(answers)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://a.example/x",
        "https://user:pw@a.example/",
        "http://a.example:22/",
        "https:///x",
        "http://[::1",
    ],
)
def test_other_schemes_ports_and_credentials_are_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        split_address(address)


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<iframe src='https://a.example'></iframe>",
        "<style>*{display:none}</style>",
        "<p style='position:fixed' onclick='x()'>y</p>",
        "<form action='/x'><input name=a></form>",
        "<svg onload=alert(1)>",
    ],
)
def test_descriptions_carry_nothing_that_runs(markup: str) -> None:
    safe = safe_html(markup)
    for danger in ("script", "onerror", "javascript", "iframe", "style", "onclick", "form", "svg", "alert"):
        assert danger not in safe


@given(st.text(alphabet="<>/abp \"'=&;中", max_size=40))
def test_making_markup_safe_twice_is_making_it_safe_once(text: str) -> None:
    assert safe_html(safe_html(text)) == safe_html(text)


def test_words_of_markup_do_not_run_together() -> None:
    assert plain_text("<p>一</p><ul><li>a</li><li>b &amp; c</li></ul>") == "一 a b & c"


def test_a_placeholder_is_the_same_for_the_same_product_and_carries_no_markup() -> None:
    assert hue_of("shirt") == hue_of("shirt")
    assert (initial_of("【新】衬衫"), initial_of("!!"), initial_of("apple")) == ("新", "集", "A")
    assert "<script" not in draw_placeholder(initial="<", hue=3)
    assert "&lt;" in draw_placeholder(initial="<", hue=3)


def test_every_reason_is_a_sentence() -> None:
    assert all(text.endswith("。") for text in REASONS.values())
