"""The pages most people see: a list of 24 with true prices and stock, and a product page; over 1,000 products.

The reference is the bare server on the same two processes. With JISHI_BENCH_OSCAR pointing at a prepared shop of
django-oscar (see bench/README.md) its API is measured in the same run too.
"""

import csv
import io
import os
import re
import urllib.request

from bench import load, oscar, stage

CONNECTIONS = 32
SECONDS = 6
PRODUCTS = 1000


def main() -> None:
    with stage.stage() as ground:
        fill(ground)
        with stage.bare_echo(stage.free_port()) as url:
            bare = load.wrk(url, connections=CONNECTIONS, seconds=3)
        with stage.shop(stage.free_port()) as url:
            listed, product = f"{url}/search/?q=", f"{url}/p/bench-500/"
            html = urllib.request.urlopen(listed, timeout=10).read().decode()
            assert len(set(re.findall(r'href="/p/([\w-]+)/"', html))) >= 24, "a list of 24"
            for address in (listed, product):  # warm both processes
                load.wrk(address, connections=CONNECTIONS, seconds=2)
            pages = {
                "list": load.wrk(listed, connections=CONNECTIONS, seconds=SECONDS),
                "product": load.wrk(product, connections=CONNECTIONS, seconds=SECONDS),
            }
    peers = oscar.reads()
    for name, measured in pages.items():
        assert measured.errors == 0, f"{measured.errors} errors on the {name} page"
        rival = peers.get(name)
        reference = rival if rival else bare.requests_per_second
        stage.report(
            name=f"page_{name}",
            figure=measured.requests_per_second,
            unit="requests/s, HTML, prices and stock read on every request",
            reference=reference,
            reference_name="django-oscar API" if rival else "bare server",
            p50_ms=measured.p50_ms,
            p99_ms=measured.p99_ms,
            bare_server=round(bare.requests_per_second),
            connections=CONNECTIONS,
            products=PRODUCTS,
        )


def fill(ground: stage.Stage) -> None:
    """A thousand products with stock, by the importer."""
    path = ground.home / "bench.csv"
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            *(
                "Handle",
                "Title",
                "Body (HTML)",
                "Vendor",
                "Type",
                "Tags",
                "Published",
                "Option1 Name",
                "Option1 Value",
            ),
            *(
                "Variant SKU",
                "Variant Grams",
                "Variant Inventory Qty",
                "Variant Price",
                "Variant Inventory Tracker",
            ),
        ]
    )
    for number in range(1, PRODUCTS + 1):
        body = "<p>" + "A thing to buy. " * 20 + "</p>"
        row = [
            f"bench-{number}",
            f"Product {number}",
            body,
            "Seller",
            "Thing",
            "",
            "true",
            "Title",
            "Default Title",
        ]
        writer.writerow([*row, f"BENCH-{number}", 500, 1_000_000, f"{(1000 + number) / 100:.2f}", "shopify"])
    path.write_text(out.getvalue())
    os.environ["JISHI_LOG_LEVEL"] = "error"
    stage.run_cli(["import", "products", str(path)])
