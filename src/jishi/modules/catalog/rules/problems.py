"""Why a row was not imported, in words. The Chinese text is the source; the edge translates it."""

from collections.abc import Mapping


def gettext_noop(text: str) -> str:
    """Marks a text for translation without translating it here."""
    return text


REASONS: Mapping[str, str] = {
    # the file
    "file_empty": gettext_noop("文件是空的。"),
    "too_many_rows": gettext_noop("行数太多，最多 {limit} 行；之后的行没有导入。"),
    "not_utf8": gettext_noop("文字编码不是 UTF-8。请在表格软件里另存为“CSV UTF-8”再导入。"),
    "not_csv": gettext_noop("这不是 CSV 文本文件。"),
    "format_unknown": gettext_noop(
        "认不出这种文件。需要 Shopify、WooCommerce 或集市导出的商品 CSV；现有列：{columns}。"
    ),
    "missing_column": gettext_noop("缺少必需的列“{name}”。"),
    "column_twice": gettext_noop("列“{name}”出现了两次。"),
    # the shape of a row
    "wrong_cell_count": gettext_noop("这一行有 {found} 格，表头有 {expected} 格。"),
    "bad_quotes": gettext_noop("引号不成对：{detail}。"),
    "cell_too_long": gettext_noop("内容太长，有 {length} 个字，最多 {limit} 个。"),
    "control_character": gettext_noop("内容里有不可见的控制字符。"),
    # identity
    "missing_handle": gettext_noop("没有商品标识（Handle）。"),
    "missing_title": gettext_noop("没有商品名称。"),
    "duplicate_sku": gettext_noop("货号 {sku} 在文件里已经出现在第 {first_line} 行。"),
    "sku_taken": gettext_noop("货号 {sku} 已经属于另一件商品“{title}”。"),
    "duplicate_product": gettext_noop("这件商品在文件里已经出现在第 {first_line} 行。"),
    "duplicate_id": gettext_noop("编号 {id} 在文件里已经出现在第 {first_line} 行。"),
    "parent_missing": gettext_noop("找不到它所属的商品“{parent}”。"),
    "parent_not_variable": gettext_noop("所属商品“{parent}”不是多规格商品。"),
    "type_unknown": gettext_noop("不认识的商品类型“{value}”。"),
    # numbers and choices
    "missing_price": gettext_noop("没有价格。"),
    "bad_price": gettext_noop("“{value}”不是价格。"),
    "negative_price": gettext_noop("价格不能是负数：{value}。"),
    "price_too_precise": gettext_noop("“{value}”的小数位太多，{currency} 最多 {places} 位。"),
    "price_too_large": gettext_noop("价格太大：{value}。"),
    "bad_number": gettext_noop("“{value}”不是数字。"),
    "negative_number": gettext_noop("不能是负数：{value}。"),
    "number_too_large": gettext_noop("数字太大：{value}。"),
    "bad_choice": gettext_noop("“{value}”不在可选的值里：{choices}。"),
    "bad_address": gettext_noop("“{value}”不是 http 或 https 地址。"),
    "bad_currency": gettext_noop("货币 {value} 与店铺的 {currency} 不同。"),
    # options
    "too_many_options": gettext_noop("规格项太多，有 {found} 个，最多 {limit} 个。"),
    "too_many_variants": gettext_noop("这件商品的规格太多，最多 {limit} 个。"),
    "image_left_out": gettext_noop("图片地址“{value}”不是 http 或 https 地址，没有导入。"),
    "too_many_images": gettext_noop("这件商品的图片太多，最多 {limit} 张；之后的没有导入。"),
    "missing_option_value": gettext_noop("规格“{option}”没有填值。"),
    "option_without_name": gettext_noop("有规格值“{value}”，但没有规格名称。"),
    "duplicate_options": gettext_noop("规格 {options} 在这件商品里已经出现在第 {first_line} 行。"),
    "no_variants": gettext_noop("没有一个可用的规格，这件商品没有导入。"),
    # reservations: imported, but
    "negative_stock": gettext_noop("库存是负数（{value}），按 0 导入。"),
    "below_held": gettext_noop("已有 {held} 件被订单预占，库存按 {held} 件导入。"),
    "any_value": gettext_noop("规格“{option}”不限定取值，作为一个规格“{value}”导入。"),
    "downloads_left_out": gettext_noop("下载文件没有导入，只导入了商品。"),
    "text_shortened": gettext_noop("内容太长，只保留了前 {limit} 个字。"),
    "price_range_unusual": gettext_noop("划线价 {value} 不高于售价，没有采用。"),
}


def reason_template(code: str) -> str:
    """The source text of a reason, with named fields to fill from the problem's facts."""
    return REASONS[code]
