"""What shoppers find."""

import pytest

from jishi.modules.catalog import public as catalog
from jishi.modules.catalog.errors import CursorInvalid, ProductMissing
from jishi.modules.catalog.models import Product, SearchTerm
from jishi.modules.catalog.public import ProductFilter, Sort
from jishi.modules.catalog.queries import segmenter
from jishi.modules.catalog.tests.makers import OPERATOR, SHIRT, shopify, take_in, woo

pytestmark = pytest.mark.django_db

GOODS = [
    ("夏季纯棉连衣裙", "49.00", "服装", "女装, 夏季", "<p>透气面料，长度及膝。</p>"),
    ("男士短袖 T恤", "29.00", "服装", "男装", "<p>Soft cotton, made for running.</p>"),
    ("Trail Running Shoes", "199.00", "鞋", "outdoor", "<p>Great for summer runs</p>"),
    ("陶瓷咖啡杯", "19.90", "家居", "杯子", "<p>手工陶瓷</p>"),
]


def stocked() -> None:
    take_in(
        shopify(
            *(
                {
                    "Handle": f"p{n}",
                    "Title": title,
                    "Variant Price": price,
                    "Type": kind,
                    "Tags": tags,
                    "Body (HTML)": body,
                    "Published": "true",
                    "Variant SKU": f"SKU-{n}",
                }
                for n, (title, price, kind, tags, body) in enumerate(GOODS)
            )
        )
    )


def found(text: str) -> list[str]:
    return [card.title for card in catalog.list_products(filters=ProductFilter(text=text)).cards]


@pytest.mark.parametrize("with_dictionary", [True, False])
@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("连衣裙", "夏季纯棉连衣裙"),
        ("连衣", "夏季纯棉连衣裙"),
        ("裙", "夏季纯棉连衣裙"),
        ("短袖", "男士短袖 T恤"),
        ("t恤", "男士短袖 T恤"),
        ("run", "Trail Running Shoes"),
        ("SHOE", "Trail Running Shoes"),
        ("runn", "Trail Running Shoes"),
        ("陶瓷 杯", "陶瓷咖啡杯"),
        ("SKU-3", "陶瓷咖啡杯"),
        ("透气", "夏季纯棉连衣裙"),
        ("Ｓｈｏｅｓ", "Trail Running Shoes"),
    ],
)
def test_search_finds(text: str, first: str, with_dictionary: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stocked()
    monkeypatch.setattr(segmenter, "is_loaded", lambda: with_dictionary)
    monkeypatch.setattr(segmenter, "load_in_background", lambda: None)

    assert found(text)[:1] == [first]


def test_words_need_not_stand_together_once_the_dictionary_is_there() -> None:
    stocked()
    segmenter.load()
    assert found("夏季连衣裙") == ["夏季纯棉连衣裙"]


@pytest.mark.parametrize("text", ["没有这个", "zzz", "the", "';--", ":*&|!()", "\\", "' OR 1=1", "\x00" * 3])
def test_search_finds_nothing_without_failing(text: str) -> None:
    stocked()
    assert found(text) == []


def test_a_find_in_the_title_comes_before_one_in_the_description() -> None:
    stocked()
    assert found("running") == ["Trail Running Shoes", "男士短袖 T恤"]


def test_filters_narrow_by_category_and_price() -> None:
    stocked()
    handles = {category.name: category.handle for category in catalog.category_tree()}

    def titles(**filters: object) -> list[str]:
        wanted = ProductFilter(**filters)  # type: ignore[arg-type]
        return [c.title for c in catalog.list_products(filters=wanted, sort=Sort.PRICE_UP).cards]

    assert titles(category_handle=handles["服装"]) == ["男士短袖 T恤", "夏季纯棉连衣裙"]
    assert titles(category_handle="no-such") == []
    assert titles(price_from_minor=2900, price_to_minor=4900) == ["男士短袖 T恤", "夏季纯棉连衣裙"]
    assert catalog.count_products(ProductFilter(price_to_minor=2900)) == 2


def test_a_category_shows_what_lies_in_those_below_it() -> None:
    row = {"ID": "1", "Type": "simple", "SKU": "s", "Name": "Cap", "Regular price": "5"}
    take_in(woo({**row, "Categories": "Clothing > Hats > Caps"}))
    [top] = catalog.category_tree()
    assert (top.name, top.product_count, top.children[0].children[0].path) == (
        "Clothing",
        1,
        "Clothing > Hats > Caps",
    )
    assert len(catalog.list_products(filters=ProductFilter(category_handle=top.handle)).cards) == 1


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_by_cursor_show_everything_once(sort: Sort) -> None:
    take_in(shopify(*({**SHIRT, "Handle": f"s{n}", "Variant Price": str(n // 3)} for n in range(11))))
    filters = ProductFilter(text="衬衫") if sort is Sort.RELEVANCE else ProductFilter()
    seen: list[str] = []
    cursor = ""
    for _ in range(6):
        listing = catalog.list_products(filters=filters, sort=sort, limit=3, cursor=cursor)
        seen += [card.handle for card in listing.cards]
        cursor = listing.next_cursor
        if not cursor:
            break
    whole = catalog.list_products(filters=filters, sort=sort, limit=60)
    assert seen == [card.handle for card in whole.cards] and len(set(seen)) == 11
    second = catalog.list_products(filters=filters, sort=sort, limit=3, page=2)
    assert [card.handle for card in second.cards] == seen[3:6]


def test_prices_up_and_down() -> None:
    stocked()
    up = [c.min_price_minor for c in catalog.list_products(sort=Sort.PRICE_UP).cards]
    down = [c.min_price_minor for c in catalog.list_products(sort=Sort.PRICE_DOWN).cards]
    assert up == sorted(up) and down == up[::-1]  # type: ignore[type-var]


def test_sales_are_counted_and_sorted_by() -> None:
    stocked()
    product = Product.objects.get(handle="p3")
    catalog.add_sold(product_id=product.id, quantity=5)
    catalog.add_sold(product_id=product.id, quantity=-9)
    catalog.add_sold(product_id=product.id, quantity=2)
    [first, *_] = catalog.list_products(sort=Sort.SALES).cards
    assert (first.handle, first.sold_count) == ("p3", 2)


@pytest.mark.parametrize(
    "cursor", ["x", "e30", "bnVsbA", "eyJvIjotMX0", "eyJzIjoibmV3ZXN0IiwiayI6IngiLCJpIjoieSJ9", "中"]
)
def test_a_forged_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        catalog.list_products(filters=ProductFilter(text="a"), cursor=cursor)
    with pytest.raises(CursorInvalid):
        catalog.list_products(sort=Sort.NEWEST, cursor=cursor)


@pytest.mark.parametrize("count", [1, 20])
def test_a_list_is_one_statement_however_long(count: int, django_assert_num_queries: object) -> None:
    take_in(shopify(*({**SHIRT, "Handle": f"s{n}"} for n in range(count))))
    filters = ProductFilter(text="衬衫", category_handle="", price_from_minor=1)

    with django_assert_num_queries(1):  # type: ignore[operator]
        cards = catalog.list_products(filters=filters).cards
    assert len(cards) == count


def test_drafts_archived_and_unlisted_products_are_not_in_lists() -> None:
    stocked()
    Product.objects.filter(handle="p0").update(state="draft")
    Product.objects.filter(handle="p1").update(state="archived")
    Product.objects.filter(handle="p2").update(is_listed=False)

    assert [c.handle for c in catalog.list_products().cards] == ["p3"]
    assert catalog.product_page(handle="p2").card.title == "Trail Running Shoes"
    with pytest.raises(ProductMissing):
        catalog.product_page(handle="p0")
    assert catalog.product_page(handle="p0", by=OPERATOR).card.handle == "p0"


@pytest.mark.parametrize("count", [1, 20])
def test_a_product_page_is_two_statements(count: int, django_assert_num_queries: object) -> None:
    rows = [
        {
            **SHIRT,
            "Option1 Name": "Size",
            "Option1 Value": f"v{n}",
            "Image Src": f"https://a.example/{n}.jpg",
            "Type": "A",
        }
        for n in range(count)
    ]
    take_in(shopify(*rows))

    with django_assert_num_queries(2):  # type: ignore[operator]
        page = catalog.product_page(handle="shirt")
    assert len(page.variants) == len(page.images) == count
    assert page.options[0].values == tuple(f"v{n}" for n in range(count))
    assert page.card.cover_address.startswith("/pictures/placeholder/")


def test_a_grouped_product_shows_its_members_and_their_prices() -> None:
    rows = [
        {"ID": n, "Type": "simple", "SKU": f"s{n}", "Name": f"Cap {n}", "Regular price": n}
        for n in ("1", "2")
    ]
    take_in(woo({"ID": "9", "Type": "grouped", "Name": "Set", "Grouped products": "s2, s1"}, *rows))

    page = catalog.product_page(handle="set")

    assert [member.title for member in page.members] == ["Cap 2", "Cap 1"]
    assert (page.card.min_price_minor, page.card.max_price_minor) == (100, 200)


def test_variants_by_ids_is_one_statement_and_knows_what_is_for_sale(
    django_assert_num_queries: object,
) -> None:
    stocked()
    ids = [v.id for n in range(4) for v in catalog.product_page(handle=f"p{n}").variants]
    Product.objects.filter(handle="p0").update(state="draft")

    with django_assert_num_queries(1):  # type: ignore[operator]
        variants = catalog.variants_by_ids([*ids, *ids])

    assert [variants[key].is_for_sale for key in ids] == [False, True, True, True]


def test_suggestions_begin_as_typed_most_common_first() -> None:
    stocked()
    assert set(catalog.suggest(prefix="连")) == {"连衣", "连衣裙"}
    assert catalog.suggest(prefix="TRAIL")[0].lower().startswith("trail")
    assert catalog.suggest(prefix="") == []
    assert catalog.suggest(prefix="%") == []
    assert SearchTerm.objects.filter(folded="连衣裙").exists()


def test_suggestions_forget_what_is_no_longer_for_sale() -> None:
    stocked()
    Product.objects.update(state="draft")
    assert catalog.refresh_terms() == 0
    assert catalog.suggest(prefix="连") == []


def test_the_consoles_table_finds_by_sku_and_counts(django_assert_num_queries: object) -> None:
    stocked()
    with django_assert_num_queries(3):  # type: ignore[operator]
        rows, count = catalog.product_table(by=OPERATOR, text="SKU-")
    assert (len(rows), count, {row.variant_count for row in rows}) == (4, 4, {1})
