"""Refusals of the catalogue."""

from jishi.kernel.errors import Kind, Refusal


class ProductMissing(Refusal):
    kind = Kind.MISSING
    code = "product_missing"
    message = "没有找到这件商品，它可能已经下架。"


class VariantMissing(Refusal):
    kind = Kind.MISSING
    code = "variant_missing"
    message = "没有找到这个规格。"


class PictureMissing(Refusal):
    kind = Kind.MISSING
    code = "picture_missing"
    message = "没有找到这张图片，它可能刚被移除。"


class CategoryMissing(Refusal):
    kind = Kind.MISSING
    code = "category_missing"
    message = "没有找到这个分类。"


class ImportRunMissing(Refusal):
    kind = Kind.MISSING
    code = "import_run_missing"
    message = "没有找到这次导入。"


class HandleTaken(Refusal):
    kind = Kind.CONFLICT
    code = "handle_taken"
    message = "链接名 {handle} 已经被别的商品使用。"


class SkuTaken(Refusal):
    kind = Kind.CONFLICT
    code = "sku_taken"
    message = "货号 {sku} 已经被别的规格使用。"


class OptionsTaken(Refusal):
    kind = Kind.CONFLICT
    code = "options_taken"
    message = "这件商品已经有规格 {options}。"


class NotReadyToPublish(Refusal):
    """`missing` says what has to be filled in first."""

    kind = Kind.CONFLICT
    code = "not_ready_to_publish"
    message = "还不能上架：{missing}。"


class ChangedMeanwhile(Refusal):
    """The caller edited an older version: `stamp` is the present one."""

    kind = Kind.CONFLICT
    code = "changed_meanwhile"
    message = "别人刚刚改过这件商品，请刷新后再改。"


class FileTooLarge(Refusal):
    code = "file_too_large"
    message = "文件太大，最多 {limit_megabytes} MB。"


class CursorInvalid(Refusal):
    code = "cursor_invalid"
    message = "翻页标记无效，请从第一页开始。"
