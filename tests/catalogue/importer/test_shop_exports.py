"""Files as shop systems and merchants write them: prices, visibility, variants, secrets as they were meant."""

import json

import pytest
from django.core.management import CommandError

from catalogue.models import Category, Product
from tests.catalogue.importer.sources import run, write_csv

pytestmark = pytest.mark.django_db


def write(tmp_path, text, name="products.csv", encoding="utf-8"):
    path = tmp_path / "source" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def prices():
    return {
        sku: (str(price), str(before) if before else None, currency)
        for sku, price, before, currency in Product.objects.values_list("sku", "price", "compare_at_price", "currency")
    }


PRESTASHOP = """\
Product ID;Active (0/1);Name *;Categories (x,y,z...);Price tax excluded;Wholesale price;Reference #;Supplier;Quantity;\
Unit price;Visibility
1;1;Blue Tee;Home,Women,Tops;25;9.50;demo_1;Acme Supply;10;1.25;both
2;1;Red Skirt;Home,Women,Skirts;30;11.75;demo_2;Acme Supply;0;0;catalog
3;0;Old Bag;Home,Accessories;45;20.10;demo_3;Acme Supply;3;0;both
4;1;Secret;Home,Accessories;50;21.10;demo_4;Acme Supply;3;0;none
"""


def test_prestashop_sells_at_its_price_and_hides_what_it_pays(tmp_path, client):
    printed = run(write(tmp_path, PRESTASHOP), "--currency", "EUR")
    assert prices() == {
        "1": ("25.00", None, "EUR"),
        "2": ("30.00", None, "EUR"),
        "3": ("45.00", None, "EUR"),
        "4": ("50.00", None, "EUR"),
    }
    assert list(Product.objects.visible().values_list("sku", flat=True).order_by("sku")) == ["1", "2"]
    assert "Kept for staff only: Wholesale price, Reference #, Supplier, Unit price." in printed
    product = Product.objects.get(sku="1")
    assert product.attributes == {}
    assert product.private_attributes["Supplier"] == "Acme Supply"
    page = client.get(product.get_absolute_url()).content.decode()
    answer = client.get(f"/api/v1/products/{product.pk}/").content.decode()
    for secret in ("9.50", "Acme Supply", "demo_1"):
        assert secret not in page
        assert secret not in answer


def test_internal_notes_are_in_no_text_search(tmp_path, client):
    text = "Kode,Nama,Kategori,Harga Beli,Harga Jual,Supplier,Catatan internal,Bahan\n"
    run(write(tmp_path, text + "K1,Kemeja Panjang,Atasan,50000,75000,PT Sumber Kain,jangan diskon,Linen\n"))
    found = {
        words: client.get("/api/v1/products/", {"q": words}).json()["results"]
        for words in ("jangan diskon", "sumber", "50000", "linen")
    }
    assert [len(results) for results in found.values()] == [0, 0, 0, 1]
    assert prices()["K1"] == ("75000.00", None, "IDR")


SHOPIFY = """\
Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,\
Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,Cost per item,Image Src,Status
shirt,Linen Shirt,"<p>Cool <b>linen</b>.</p><script>track(1)</script>",Senja,,"women, shirts",true,Size,S,Colour,White,\
LS-S,1200,3,299000,399000,111,https://img.example/front.jpg,active
shirt,,,,,,,,M,,White,LS-M,1200,0,299000,,111,https://img.example/back.jpg,
shirt,,,,,,,,M,,Navy,LS-N,1200,5,309000,,111,,
tote,Straw Tote,A tote,Kala,Bags,,true,Title,Default Title,,,ST-1,800,2,150000,,90,https://img.example/st.jpg,draft
"""


def test_shopify_has_one_product_a_handle_with_all_its_variants(tmp_path):
    report = run(write(tmp_path, SHOPIFY), report=tmp_path / "r.json")
    assert report["summary"]["products"] == {"created": 2, "updated": 0, "unchanged": 0, "refused": 0}
    assert prices() == {"shirt": ("299000.00", "399000.00", "IDR"), "tote": ("150000.00", None, "IDR")}
    shirt, tote = Product.objects.order_by("sku")
    assert (shirt.name, shirt.category.name, shirt.description) == ("Linen Shirt", "shirts", "Cool linen.")
    assert shirt.attributes == {"Size": "S, M", "Colour": "White, Navy"}
    variants = shirt.private_attributes["variants"]
    assert [(v["Variant SKU"], v["Variant Price"], v["Variant Inventory Qty"]) for v in variants] == [
        ("LS-S", "299000", "3"), ("LS-M", "299000", "0"), ("LS-N", "309000", "5"),
    ]  # fmt: skip
    assert (shirt.is_active, tote.is_active) == (True, False)
    assert "Size" not in tote.attributes


WOOCOMMERCE = """\
ID,Type,SKU,Name,Published,"Short description",Description,"In stock?",Stock,"Sale price","Regular price",Categories,\
Parent,"Attribute 1 name","Attribute 1 value(s)","Date sale price starts","Date sale price ends",Meta: _wpcom
44,variable,tee-v,"V-Neck Tee",1,"Soft","A tee",1,,,,"Clothing > Tshirts",,Color,"Blue, Green",,,secret
45,variation,tee-v-blue,"V-Neck Tee - Blue",1,,"A tee",1,4,,20,,tee-v,Color,Blue,,,
46,variation,,"V-Neck Tee - Green",1,,"A tee",0,0,15,20,,id:44,Color,Green,,,
47,simple,cap,"Cap",1,,"A cap",0,9,16,18,"Clothing > Accessories",,Color,Yellow,,,
48,simple,hood,"Hood",0,,"A hood",1,9,35,45,"Clothing > Hoodies",,,,,,
49,simple,over,"Over",-1,,"A hood",1,9,35,45,"Clothing > Hoodies",,,,2020-01-01,2020-01-31,
50,variation,tee-v-red,"V-Neck Tee - Red",0,,"A tee",1,4,1,2,,tee-v,Color,Red,,,
"""


def test_woocommerce_variations_make_one_product_with_their_prices(tmp_path):
    report = run(write(tmp_path, WOOCOMMERCE), report=tmp_path / "r.json")
    assert report["summary"]["products"]["created"] == 4
    assert report["refusals"] == []
    assert prices() == {
        "tee-v": ("15.00", "20.00", "IDR"), "cap": ("16.00", "18.00", "IDR"), "hood": ("35.00", "45.00", "IDR"),
        "over": ("45.00", None, "IDR"),
    }  # fmt: skip
    assert set(Product.objects.visible().values_list("sku", flat=True)) == {"tee-v", "cap"}
    tee = Product.objects.get(sku="tee-v")
    assert (tee.name, tee.category.name, tee.category.garment_types) == ("V-Neck Tee", "Tshirts", ["top"])
    assert (tee.availability, Product.objects.get(sku="cap").availability) == ("in_stock", "out_of_stock")
    assert "secret" not in json.dumps(tee.attributes)


def test_google_merchant_groups_by_item_group_and_asks_the_sale_price(tmp_path):
    header = (
        "id	title	link	image_link	availability	price	sale_price	google_product_category	product_type"
        "	item_group_id	color	size	sale_price_effective_date\n"
    )
    rows = (
        "1-S	Shirt	https://s.example/1	https://i.example/1.jpg	in_stock	299000.00 IDR	199000.00 IDR	212"
        "	Clothing > Shirts	1	White	S	2020-01-01T00:00+0700/2999-01-31T23:59+0700\n"
        "1-M	Shirt	https://s.example/1	https://i.example/1.jpg	out of stock	299000.00 IDR		212"
        "	Clothing > Shirts	1	White	M	\n"
        "2	Cap	https://s.example/2	https://i.example/2.jpg	preorder	99000.00 IDR	89000.00 IDR	173"
        "	Clothing > Caps		Red	M	2020-01-01T00:00+0700/2020-01-31T23:59+0700\n"
    )
    run(write(tmp_path, header + rows, "feed.tsv"))
    assert prices() == {"1": ("199000.00", "299000.00", "IDR"), "2": ("99000.00", None, "IDR")}
    first, second = Product.objects.order_by("sku")
    assert (first.category.name, first.attributes["size"], first.availability) == ("Shirts", "S, M", "in_stock")
    assert (first.is_active, second.availability) == (True, "preorder")


def test_magento_reads_its_status_and_its_price(tmp_path):
    text = (
        "sku,product_type,categories,name,price,special_price,special_price_to_date,cost,product_online,visibility,qty\n"
        "M1,simple,Default Category/Women/Tops,Tee,29.00,19.00,2020-01-01,7.77,1,\"Catalog, Search\",3\n"
        "M2,simple,Default Category/Women/Tops,Hidden,29.00,,,7.77,2,\"Catalog, Search\",3\n"
        "M3,simple,Default Category/Women/Tops,Part,29.00,19.00,2999-01-01,7.77,1,Not Visible Individually,3\n"
    )  # fmt: skip
    run(write(tmp_path, text), "--currency", "USD")
    assert prices() == {
        "M1": ("29.00", None, "USD"), "M2": ("29.00", None, "USD"), "M3": ("19.00", "29.00", "USD"),
    }  # fmt: skip
    assert list(Product.objects.visible().values_list("sku", flat=True)) == ["M1"]


def test_each_row_uses_the_price_that_it_has(tmp_path):
    rows = [["SKU", "Categories", "Regular price", "Sale price"], ["A1", "Atasan", "199000", "149000"]]
    rows += [["A2", "Atasan", "199000", ""], ["A3", "Atasan", "99000", "0"], ["A4", "Atasan", "", "5000"]]
    rows += [["A5", "Atasan", "1000", "2000"]]
    run(write_csv(tmp_path / "a.csv", rows))
    assert prices() == {
        "A1": ("149000.00", "199000.00", "IDR"), "A2": ("199000.00", None, "IDR"), "A3": ("99000.00", None, "IDR"),
        "A4": ("5000.00", None, "IDR"), "A5": ("1000.00", None, "IDR"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sku,category,price,harga\n1,Dress,5,6\n", "Several columns may be the price: 'price', 'harga'"),
        ("sku,category,Nilai jual\n1,Dress,Rp 5.000\n", "--no-price"),
        ("sku,category,HPP\n1,Dress,5000\n", "'HPP' is a cost"),
        ("sku,category,Harga toko\n1,Dress,7\n", "'Harga toko'"),
    ],
)
def test_an_import_that_would_have_to_guess_a_price_stops_before_it_writes(tmp_path, text, words):
    with pytest.raises(CommandError, match=words):
        run(write(tmp_path, text))
    assert not Product.objects.exists()
    assert not Category.objects.exists()


def test_a_file_without_price_is_imported_on_demand(tmp_path):
    run(write(tmp_path, "sku,category,HPP\n1,Dress,5000\n"), "--no-price")
    assert Product.objects.get().price is None


@pytest.mark.parametrize(
    ("cell", "price", "currency"),
    [
        ("Rs. 799", "799.00", "INR"), ("₹1,29,999", "129999.00", "INR"), ("R$ 129,90", "129.90", "BRL"),
        ("499 zł", "499.00", "PLN"), ("399 元", "399.00", "CNY"), ("399円", "399.00", "JPY"), ("C$45", "45.00", "CAD"),
        ("INR 799/-", "799.00", "INR"), ("Rp 199.000 (-20%)", "199000.00", "IDR"), ("1.299,00 kr", "1299.00", "SEK"),
        ("199 Kč", "199.00", "CZK"), ("12 lei.", "12.00", "RON"),
    ],
)  # fmt: skip
def test_prices_of_other_countries(tmp_path, cell, price, currency):
    run(write_csv(tmp_path / "a.csv", [["sku", "category", "price"], ["1", "Dress", cell]]), "--currency", "SEK")
    assert prices() == {"1": (price, None, currency)}


def test_a_sign_of_several_currencies_asks(tmp_path):
    rows = [["sku", "category", "price"], ["1", "Dress", "1.299,00 kr"], ["2", "Dress", "5"]]
    report = run(write_csv(tmp_path / "a.csv", rows), report=tmp_path / "r.json")
    assert "SEK, NOK, DKK" in report["refusals"][0]["reason"]
    assert "--currency" in report["refusals"][0]["reason"]
    assert list(prices()) == ["2"]


def test_a_currency_that_does_not_exist_is_refused(tmp_path):
    rows = [["sku", "category", "price", "currency"], ["1", "Dress", "5", "ZZZ"], ["2", "Dress", "5", "EUR"]]
    report = run(write_csv(tmp_path / "a.csv", rows), report=tmp_path / "r.json")
    assert [(r["value"], r["line"]) for r in report["refusals"]] == [("ZZZ", 2)]
    with pytest.raises(CommandError, match="ISO 4217"):
        run(tmp_path / "a.csv", "--currency", "ZZZ")


STATUSES = ["publish", "private", "pending", "draft", "trash", "archived", "unlisted", "active", "aktif", "hidden"]
STATUSES += ["1", "0", "-1", "2", "whatever"]


def test_only_words_that_say_so_show_a_product(tmp_path):
    rows = [["sku", "category", "status"], *([word, "Dress", word] for word in STATUSES)]
    report = run(write_csv(tmp_path / "a.csv", rows), report=tmp_path / "r.json")
    assert set(Product.objects.visible().values_list("sku", flat=True)) == {"publish", "active", "aktif", "1"}
    assert [(r["value"], r["kind"]) for r in report["refusals"]] == [("whatever", "value")]


def test_a_status_that_is_not_understood_leaves_a_known_product_as_it_is(tmp_path):
    rows = [["sku", "category", "status"], ["1", "Dress", "aktif"], ["2", "Dress", "draft"]]
    run(write_csv(tmp_path / "a.csv", rows))
    rows = [["sku", "category", "status"], *([sku, "Dress", "entahlah"] for sku in "123")]
    printed = run(write_csv(tmp_path / "a.csv", rows))
    assert dict(Product.objects.values_list("sku", "is_active")) == {"1": True, "2": False, "3": False}
    assert "'entahlah' (3)" in printed
    run(tmp_path / "a.csv", "--column", "attribute=status")
    assert Product.objects.get(sku="1").private_attributes == {"status": "entahlah"}


@pytest.mark.parametrize(
    ("cell", "availability"),
    [("https://schema.org/InStock", "in_stock"), ("https://schema.org/OutOfStock", "out_of_stock")]
    + [("http://schema.org/SoldOut", "out_of_stock"), ("Only 3 left", "limited"), ("Limited availability", "limited")]
    + [("Stok habis", "out_of_stock"), ("Pre-order", "preorder"), ("in stock", "in_stock"), ("who knows", "")],
)
def test_availability_is_no_address_and_hides_nothing(tmp_path, cell, availability):
    run(write_csv(tmp_path / "a.csv", [["sku", "category", "availability"], ["1", "Dress", cell]]))
    product = Product.objects.get()
    assert (product.availability, product.url, product.is_active) == (availability, "", True)


def test_availability_is_told_to_search_engines(tmp_path, client):
    run(write_csv(tmp_path / "a.csv", [["sku", "category", "price", "stok"], ["1", "Dress", "5", "0"]]))
    page = client.get(Product.objects.get().get_absolute_url()).content.decode()
    assert "schema.org/InStock" not in page
    rows = [["sku", "category", "price", "tersedia"], ["1", "Dress", "5", "habis"]]
    run(write_csv(tmp_path / "a.csv", rows))
    page = client.get(Product.objects.get().get_absolute_url()).content.decode()
    assert "https://schema.org/OutOfStock" in page.replace("\\u002F", "/")


@pytest.mark.parametrize(
    ("cell", "name", "types"),
    [
        ("Women/Dresses", "Dresses", ["dress"]),
        ("Clothing > Tshirts, Clothing > Sale", "Tshirts", ["top"]),
        ("Clothing > Tshirts, Clothing", "Tshirts", ["top"]),
        ("Women|Dresses", "Dresses", ["dress"]),
        ("Dresses;Sale", "Dresses", ["dress"]),
        ("Pakaian Wanita/Atasan/Kaos", "Kaos", ["top"]),
        ("Default Category/Women/Tops", "Tops", ["top"]),
        ("Home,Women,Skirts", "Skirts", ["skirt"]),
        ('["Women", "Sneakers"]', "Sneakers", ["footwear"]),
        ("Shirts & Tops", "Shirts & Tops", ["top"]),
        ("Wanita > Topi", "Topi", ["headwear"]),
        ("Trainers", "Trainers", ["footwear"]),
        ("Jumpers", "Jumpers", ["top"]),
        ("Tas", "Tas", ["bag"]),
        ("Women > Frocks", "Frocks", []),
        ("Women > Clothing > Rok", "Rok", ["skirt"]),
    ],
)
def test_category_paths(tmp_path, cell, name, types):
    printed = run(write_csv(tmp_path / "a.csv", [["sku", "category"], ["1", cell]]))
    category = Product.objects.get().category
    assert (category.name, category.garment_types) == (name, types)
    assert ("hold any type" in printed) is (not types)


@pytest.mark.parametrize("cell", ["Baju Tidur/Pakaian Dalam", "Wanita/Baju Tidur/Pakaian Dalam", "Sport, Santai"])
def test_a_separator_within_a_known_name_does_not_cut_it(tmp_path, cell):
    Category.objects.create(name="Sport, Santai", slug="sport-santai", garment_types=["top"])
    run(write_csv(tmp_path / "a.csv", [["sku", "category"], ["1", cell]]))
    assert Product.objects.get().category.slug in ("baju-tidur-pakaian-dalam", "sport-santai")


def test_the_most_telling_column_is_the_category(tmp_path):
    text = 'sku,Type,Product category,Tags\n1,variable,Clothing > Dresses,sale\n2,simple,,"new, rok"\n3,simple,,new\n'
    report = run(write(tmp_path, text), report=tmp_path / "r.json")
    assert dict(Product.objects.values_list("sku", "category__slug")) == {"1": "dresses", "2": "rok"}
    assert "--default-category" in report["refusals"][0]["reason"]
    run(write(tmp_path, text), "--default-category", "Lain-lain")
    assert Product.objects.get(sku="3").category.name == "Lain-lain"


def test_markup_becomes_text(tmp_path):
    description = (
        "<style>.a{color:red}</style><h2>Details</h2><ul><li>100% cotton</li><li>Lining</li></ul><table><tr><td>S</td>"
        "<td>90 cm</td></tr><tr><td>M</td><td>95 cm</td></tr></table>"
    )
    rows = [["sku", "category", "name", "description"], ["1", "Dress", "<b>Gaun</b> &amp;amp; Rok", description]]
    rows += [["2", "Dress", "x", "&lt;p&gt;Soft&lt;/p&gt;&lt;br/&gt;&lt;strong&gt;New&lt;/strong&gt;"]]
    rows += [["3", "Dress", "x", "5 < 6 and a<b"]]
    run(write_csv(tmp_path / "a.csv", rows))
    assert Product.objects.get(sku="1").name == "Gaun & Rok"
    lines = [
        [line for line in text.split("\n") if line]
        for text in Product.objects.order_by("sku").values_list("description", flat=True)
    ]
    assert lines == [["Details", "100% cotton", "Lining", "S 90 cm", "M 95 cm"], ["Soft", "New"], ["5 < 6 and a<b"]]


def test_doubled_headers_are_told_and_both_kept(tmp_path):
    text = "sku,name,category,price,size,size,price,name\nP1,Kaos,Dress,1000,S,M,900,Kaos merah\n"
    printed = run(write(tmp_path, text))
    product = Product.objects.get()
    assert (product.name, product.price, product.attributes) == ("Kaos", 1000, {"size": "S", "size 2": "M"})
    assert product.private_attributes == {"price 2": "900", "name 2": "Kaos merah"}
    assert "Several columns are called 'price': column 4 is the price" in printed


def test_a_space_before_a_quote(tmp_path):
    text = (
        "sku, name, category, price, description\n"
        'I1, "Dress, red", Dress, 199000, "soft, light"\n'
        "I2, Skirt, Dress, 5, x\n"
    )
    run(write(tmp_path, text))
    product = Product.objects.get(sku="I1")
    assert (product.name, product.description, product.price) == ("Dress, red", "soft, light", 199000)
    assert Product.objects.count() == 2


# -- encodings ------------------------------------------------------------------------------------------------------

CHINESE = ["连衣裙红色", "牛仔裤蓝色", "夏季新款短袖", "羊毛衫", "真丝衬衫修身", "休闲裤宽松", "百褶裙"]
RUSSIAN = ["Платье красное", "Женская одежда", "Джинсы синие", "Футболка летняя", "Пальто шерстяное"]
THAI = ["ชุดเดรสสีแดง", "เสื้อผ้าผู้หญิง", "กางเกงยีนส์", "เสื้อแขนสั้น", "กระโปรง"]
JAPANESE = ["ワンピース赤", "ジーンズ青", "夏の新作半袖シャツ", "シルクブラウス", "プリーツスカート"]


@pytest.mark.parametrize(
    ("names", "encoding"), [(CHINESE, "gbk"), (RUSSIAN, "cp1251"), (THAI, "cp874"), (JAPANESE, "shift_jis")]
)
def test_an_encoding_is_found_and_shown_or_asked_for(tmp_path, names, encoding):
    def table(number):
        rows = "".join(f"{n},Dress,{names[n % len(names)]}\n" for n in range(number))
        return write(tmp_path, "sku,category,name\n" + rows, encoding=encoding)

    printed = run(table(60))
    assert sorted(set(Product.objects.values_list("name", flat=True))) == sorted(names)
    assert f"a line as read: '0,Dress,{names[0]}'" in printed
    Product.objects.all().delete()
    with pytest.raises(CommandError, match="--encoding"):
        run(table(1))
    assert not Product.objects.exists()
    run(table(1), "--encoding", encoding)
    assert Product.objects.get().name == names[0]


def test_an_encoding_that_does_not_exist(tmp_path):
    with pytest.raises(CommandError, match="no encoding 'klingon'"):
        run(write(tmp_path, "sku,category\n1,Dress\n"), "--encoding", "klingon")


SQUARESPACE = """\
Product ID [Non Editable],Variant ID [Non Editable],Product Type [Non Editable],Product Page,Product URL,Title,\
Description,SKU,Option Name 1,Option Value 1,Price,Sale Price,On Sale,Stock,Categories,Tags,Visible,Hosted Image URLs
5f1a,6a01,PHYSICAL,shop,linen-dress,Linen Dress,<p>Soft</p>,SQ1-S,Size,S,59.00,45.00,No,3,Dresses,,Yes,
,6a02,,,,,,SQ1-M,Size,M,59.00,45.00,No,Unlimited,,,,
5f1b,6a03,PHYSICAL,shop,denim-jacket,Denim Jacket,<p>Blue</p>,SQ2,,,90.00,70.00,Yes,1,Jackets,,No,
"""


def test_squarespace_names_a_product_once_and_asks_the_sale_price_where_it_is_on_sale(tmp_path):
    run(write(tmp_path, SQUARESPACE), "--currency", "USD")
    dress, jacket = Product.objects.order_by("sku")
    assert (dress.sku, dress.name, dress.price, dress.compare_at_price) == ("5f1a", "Linen Dress", 59, None)
    assert (dress.attributes, len(dress.private_attributes["variants"])) == ({"Size": "S, M"}, 2)
    assert (jacket.price, jacket.compare_at_price, jacket.is_active) == (70, 90, False)


def test_magento_writes_attributes_into_one_cell(tmp_path):
    pairs = '"color=Red,size=M,supplier=X,features=Zip|Two pockets,care=""Cold, by hand"""'
    run(write(tmp_path, f"sku,categories,name,price,additional_attributes\nM1,Default/Dresses,Gaun,9,{pairs}\n"))
    product = Product.objects.get()
    assert product.attributes == {
        "color": "Red", "size": "M", "features": "Zip, Two pockets", "care": "Cold, by hand",
    }  # fmt: skip
    assert product.private_attributes == {"supplier": "X"}


FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title>
<item><g:id>1-S</g:id><g:item_group_id>1</g:item_group_id><g:title>Linen Shirt &amp; Tie</g:title>
 <g:description>Soft &lt;b&gt;linen&lt;/b&gt;</g:description><g:link>https://shop.example/1</g:link>
 <g:price>299000 IDR</g:price><g:sale_price>199000 IDR</g:sale_price><g:availability>in_stock</g:availability>
 <g:product_type>Clothing &gt; Shirts</g:product_type><g:size>S</g:size>
 <g:shipping><g:country>ID</g:country><g:price>9000 IDR</g:price></g:shipping></item>
<item><g:id>1-M</g:id><g:item_group_id>1</g:item_group_id><g:title>Linen Shirt &amp; Tie</g:title>
 <g:price>299000 IDR</g:price><g:sale_price>199000 IDR</g:sale_price><g:availability>out_of_stock</g:availability>
 <g:product_type>Clothing &gt; Shirts</g:product_type><g:size>M</g:size></item>
<item><g:id>2</g:id><g:title>Bag</g:title><g:price>ask</g:price><g:product_type>Bags</g:product_type></item>
</channel></rss>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_google_merchants_feed_as_xml(tmp_path, encoding):
    feed = write(tmp_path, FEED, name="feed.xml", encoding=encoding)
    report = run(feed, "--refused", str(tmp_path / "refused.csv"), report=tmp_path / "r.json")
    product = Product.objects.get()
    assert (product.sku, product.name, product.description) == ("1", "Linen Shirt & Tie", "Soft linen")
    assert (product.price, product.compare_at_price, product.availability) == (199_000, 299_000, "in_stock")
    assert (product.category.name, product.attributes["size"]) == ("Shirts", "S, M")
    [refusal] = report["refusals"]
    assert (refusal["line"], refusal["column"], refusal["value"]) == (11, "price", "ask")
    corrected = (tmp_path / "refused.csv").read_text().replace("ask", "99000 IDR")
    run(write(tmp_path, corrected.removeprefix("\ufeff"), name="corrected.csv"))
    assert Product.objects.get(sku="2").price == 99_000


def test_an_atom_feed_is_one_too(tmp_path):
    link = "<link href='https://shop.example/1'/>"
    entry = f"<entry><id>1</id><title>Bag</title>{link}<product_type>Bags</product_type></entry>"
    run(write(tmp_path, f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>", name="feed.xml"))
    assert Product.objects.get().url == "https://shop.example/1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<?xml version='1.0'?><sitemap><url>x</url></sitemap>", "without an <item> or <entry>"),
        (FEED[:-30], "no XML that can be read"),
        ("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><rss><item><id>&b;</id></item></rss>", "document type"),
    ],
)
def test_xml_that_is_no_feed_stops_before_anything_is_written(tmp_path, text, words):
    with pytest.raises(CommandError, match=words):
        run(write(tmp_path, text, name="feed.xml"))
    assert not Product.objects.exists()
