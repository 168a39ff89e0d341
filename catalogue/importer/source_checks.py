"""Is this a catalogue at all? What looks like a report, a backup of the shop's photos or another shop's folder is asked
about before anything is written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalogue.importer.columns import Columns
from catalogue.importer.errors import ImportProblem
from catalogue.importer.headers import header_keys
from catalogue.importer.image_lists import split_images
from catalogue.importer.report import Refusal
from catalogue.importer.staging_table import StagingTable
from catalogue.importer.values import is_url

GO_ON = "Nothing was imported. --trust-source imports it nonetheless."
ROWS_LOOKED_AT = 500
FEW = 3  # files or folders that say nothing yet
# Columns of orders and customers, in English and Indonesian, as aliases are written.
_PERSONAL = frozenset({
    "orderid", "ordernumber", "orderno", "orderdate", "orderstatus", "ordertotal", "nopesanan", "nomorpesanan",
    "statuspesanan", "customername", "customeremail", "customernote", "customerid", "firstname", "lastname", "email",
    "emailaddress", "phone", "phonenumber", "notelepon", "nohp", "billingname", "billingemail", "billingcity",
    "billingaddress", "billingfirstname", "billinglastname", "shippingname", "shippingaddress", "shippingcity",
    "paymentmethod", "metodepembayaran", "namapembeli", "namapenerima", "usernamepembeli", "alamat",
    "alamatpengiriman", "noresi", "paidat", "fulfilledat", "financialstatus", "fulfillmentstatus", "lineitemname",
})  # fmt: skip
# As the shop stores photos (products/3f/<62 digits>.jpg) and thumbnails, beneath whatever folder a backup gave them.
_STORED = re.compile(rb"(^|/)[0-9a-f]{2}/[0-9a-f]{62}\.[a-z]+$|(^|/)thumbs/[a-z]+/[0-9a-f]{2}/")


def check_header(header: Sequence[str]) -> None:
    """Raises ImportProblem for the header of an import's report."""
    if [cell.strip() for cell in header] == list(Refusal.__dataclass_fields__):
        raise ImportProblem(
            f"This is the report of an import, with the columns {', '.join(header)}, and no catalogue. {GO_ON}"
        )


def check_is_catalogue(header: Sequence[str]) -> None:
    """Raises ImportProblem for a table of orders or customers."""
    found = [cell.strip() for cell in header if not _PERSONAL.isdisjoint(header_keys(cell))]
    if len(found) >= FEW:
        raise ImportProblem(
            f"This looks like orders or customers, and no catalogue: it has the columns {', '.join(found)}. {GO_ON}"
        )


def check_folder(staging: StagingTable) -> None:
    """Raises ImportProblem for a folder with the shop's own stored photos, as a backup of its media has them."""
    found = [path for path in staging.paths() if _STORED.search(path)]
    if len(found) >= FEW:
        raise ImportProblem(
            f"The photo folder holds {len(found)} files that the shop has stored itself, as in a backup of its media, "
            f"for example {found[0].decode(errors='replace')}. Their folders are no products. {GO_ON}"
        )


def check_folder_fits(staging: StagingTable, columns: Columns) -> None:
    """Raises ImportProblem for a folder of products of which the table knows none. After `create_products`."""
    folders, examples = staging.product_folders_without_row(FEW)
    if folders < FEW or not staging.number_of_products() or staging.has_photos_of_rows():
        return
    for _position, product in staging.products(0, ROWS_LOOKED_AT):
        named = [text for record in product.records for cell in columns.cells(record.values, "images")
                 for text in split_images(cell)]  # fmt: skip
        if any(staging.photos_named(_name(text)) for text in named if not is_url(text)):
            return
        if staging.photos_called_by(product.sku):
            return
    raise ImportProblem(
        f"The photo folder has {folders} product folders, for example {', '.join(examples)}, and none of them belongs "
        f"to a product of the table: it looks like another shop's. {GO_ON}"
    )


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
