"""What the columns of fashion shops' files are called. docs/importing.md says how to add a header."""

# Field -> headers that mean it, the likeliest first, in English, Indonesian and a little of others, and as WooCommerce,
# Shopify, PrestaShop, Magento, BigCommerce, Squarespace, Wix and Google Merchant write them. Compared without case,
# spaces, punctuation, accents, words in brackets, words such as product, and numbers.
ALIASES: dict[str, tuple[str, ...]] = {
    "sku": (
        "sku", "productid", "productsku", "idproduk", "produkid", "kodeproduk", "kodebarang", "idbarang",
        "kode", "productcodesku", "kodesku", "skuproduk", "skupenjual", "sellersku", "articleid", "articleno",
        "articlenumber", "articlecode", "itemid", "itemnumber", "itemcode", "itemno", "stylecode", "styleid",
        "configsku", "skuconfig", "simplesku", "modelcode", "productcode", "productno", "productnumber",
        "productkey", "nomorproduk", "noproduk", "code", "id", "pid", "uid", "ref", "reference", "handle",
        "handleid", "asin", "ean", "upc", "gtin", "barcode", "identifiant", "artikelnummer", "codigo",
        "referencia", "nomor", "no",
    ),
    "parent": (
        "itemgroupid", "parentsku", "parentid", "parent", "skuinduk", "kodeinduk", "indukproduk", "produkinduk",
        "variantgroup", "variantgroupid",
    ),
    "variant_sku": ("variantsku", "skuvarian", "kodevarian", "variantid", "kodevariasi", "variationsku", "variationid"),
    # The category's name in another language. Before the category: "Kategori (Inggris)" is this.
    "category_name_en": (
        "categoryen", "categorynameen", "categoryenglish", "englishcategory", "kategoriinggris", "kategorien",
        "namakategoriinggris",
    ),
    "category_name_id": (
        "categoryindonesian", "categoryindonesia", "categorybahasa", "indonesiancategory",
        "kategoriindonesia", "namakategoriindonesia",
    ),
    "category": (
        "category", "categoryname", "kategori", "namakategori", "kategory", "katagori", "subcategory",
        "subkategori", "categories", "maincategory", "masterkategori", "mastercategory", "categorypath",
        "breadcrumb", "breadcrumbs", "producttype", "jenis", "jenispakaian", "jenisproduk", "tipe", "type",
        "articletype", "garmenttype", "kelompok", "golongan", "department", "departemen", "folder", "group",
        "class", "kelas", "cat", "categorie", "kategorie", "categoria", "collection", "collections", "koleksi",
        "googleproductcategory",
    ),
    "tags": ("tags", "tag", "keywords", "katakunci", "producttags"),
    "name": (
        "name", "nama", "productname", "namaproduk", "namabarang", "title", "judul", "judulproduk", "itemname",
        "itemtitle", "displayname", "productdisplayname", "producttitle", "label", "nom", "designation",
        "bezeichnung", "nome", "titulo", "titre",
    ),
    "brand": (
        "brand", "brandname", "merek", "merk", "namamerek", "namamerk", "jenama", "designer", "desainer",
        "manufacturer", "produsen", "vendor", "maker", "marque", "marke", "marca",
    ),
    # What a product costs the merchant. Headers with such a word in them (COST_WORDS) count as well.
    "cost": (
        "cost", "costprice", "costperitem", "unitcost", "wholesaleprice", "wholesale", "purchaseprice",
        "buyingprice", "buyprice", "hargabeli", "hargamodal", "modal", "hpp", "hargapokok",
        "hargapokokpenjualan", "hargagrosir", "cogs", "supplierprice", "vendorprice", "hargavendor",
        "landedcost", "biaya", "einkaufspreis", "prixdachat", "preciodecompra",
    ),
    "price": (
        "price", "harga", "hargajual", "pricevalue", "currentprice", "finalprice", "sellingprice", "netprice",
        "hargaakhir", "unitprice", "hargasatuan", "variantprice", "pricetaxincluded", "pricetaxexcluded",
        "pricetaxincl", "pricetaxexcl", "priceincltax", "priceexcltax", "priceincludingtax",
        "priceexcludingtax", "baseprice", "hargavarian", "hargaeceran", "amount", "prix", "preis", "precio",
        "preco", "prezzo",
    ),
    "regular_price": (
        "regularprice", "compareatprice", "variantcompareatprice", "normalprice", "harganormal", "hargareguler",
        "originalprice", "hargaasli", "hargaawal", "hargacoret", "hargasebelumdiskon", "oldprice", "wasprice",
        "fullprice", "pricebeforediscount", "listprice", "retailprice", "msrp", "msrpprice", "mrp", "rrp",
    ),
    "sale_price": (
        "saleprice", "specialprice", "discountedprice", "discountprice", "offerprice", "promoprice",
        "hargapromo", "hargadiskon", "hargasetelahdiskon", "hargasale", "hargaobral", "hargaspesial",
        "variantsaleprice",
    ),
    "on_sale": ("onsale", "isonsale", "sedangpromo", "sedangdiskon"),  # whether the sale price is asked
    "sale_start": (
        "datesalepricestarts", "salepricestartdate", "salepricestart", "salestart", "specialpricefromdate",
        "specialfromdate", "salepricedatesfrom", "salepriceeffectivedate", "promomulai", "mulaipromo",
        "tanggalmulaipromo",
    ),
    "sale_end": (
        "datesalepriceends", "salepriceenddate", "salepriceend", "saleend", "specialpricetodate",
        "specialtodate", "salepricedatesto", "promoselesai", "akhirpromo", "tanggalakhirpromo",
    ),
    "currency": (
        "currency", "matauang", "currencycode", "pricecurrency", "kurs", "curr",
    ),
    "url": (
        "url", "link", "producturl", "productlink", "tautan", "urlproduk", "linkproduk", "tautanproduk",
        "pageurl", "detailurl", "productpage", "href", "permalink", "canonicalurl", "web", "website", "laman",
        "sumber", "sourceurl", "source",
    ),
    "images": (
        "images", "image", "baseimage", "gambar", "foto", "photo", "photos", "imageurl", "imageurls",
        "imagepath", "imagepaths", "imagelink", "imagelinks", "imagefile", "imagefiles", "imagefilename",
        "imagename", "imagesrc", "img", "imgs", "imgurl", "imgsrc", "imgpath", "imglink", "picture", "pictures",
        "pictureurl", "pic", "pics", "gambarurl", "urlgambar", "linkgambar", "filegambar", "namagambar",
        "namafilegambar", "pathgambar", "lokasigambar", "fotosampul", "fotourl", "urlfoto", "linkfoto",
        "filefoto", "namafoto", "namafilefoto", "pathfoto", "photourl", "photopath", "photofile", "thumbnail",
        "thumbnailurl", "thumbnailimage", "thumb", "cover", "coverimage", "file", "filename", "filepath",
        "filenames", "files", "path", "localpath", "imagelocal", "imagelocalpath", "additionalimages",
        "additionalimagelink", "additionalimagelinks", "galleryimages", "gallery", "galeri", "media",
        "mediaurl", "imagemain", "bild", "bilder", "imagen", "imagenes", "fotos", "imagefront", "imageback",
        "imagedetail", "frontimage", "backimage", "detailimage", "variantimage", "productimageurl",
        "hostedimageurls", "productimagefile", "smallimage",
    ),
    "description": (
        "description", "deskripsi", "keterangan", "productdescription", "deskripsiproduk", "longdescription",
        "shortdescription", "summary", "ringkasan", "details", "detail", "detailproduk", "productdetails",
        "desc", "penjelasan", "body", "bodyhtml", "spesifikasi", "deskripsisingkat",
    ),
    "is_active": (
        "active", "isactive", "aktif", "status", "statusproduk", "enabled", "isenabled", "published",
        "ispublished", "publish", "visible", "isvisible", "visibility", "visibilityincatalog", "productvisible",
        "productonline", "ditampilkan", "tampil", "terbit",
    ),
    "availability": (
        "availability", "available", "isavailable", "ketersediaan", "tersedia", "instock", "isinstock",
        "stockstatus", "statusstok",
    ),
    "colour": (
        "colour", "color", "warna", "colourname", "colorname", "namawarna", "basecolour", "basecolor",
        "colours", "colors", "colourfamily", "colorfamily", "warnaproduk",
    ),
    "stock": (
        "stock", "stok", "quantity", "qty", "jumlah", "jumlahstok", "stockquantity", "inventory", "persediaan",
        "inventoryquantity", "variantinventoryqty",
    ),
    "attribute_pairs": ("additionalattributes",),  # Magento's: color=Red,size=M
    "ignored": ("refusalreason",),  # what refused_rows.py writes, and what --column ignored=HEADER names
    "attribute": (),  # a column that is none of the above, whatever its header says; only --column gives it
}  # fmt: skip
FIELDS = tuple(ALIASES)
# Fields that may have several columns: all images; of the others the first cell that tells something.
SEVERAL = frozenset(
    {"images", "category", "description", "is_active", "cost", "attribute_pairs", "ignored", "attribute"}
)
# Columns that are kept as attributes, though the importer knows what they are.
KEPT = frozenset({"cost", "attribute", "tags", "variant_sku"})
# Either an id or a name; its cells say which.
AMBIGUOUS = frozenset({"product", "products", "produk", "item", "items", "barang", "article", "artikel"})
# A header with one of these words is about what the merchant pays or earns, never about what a shopper pays.
COST_WORDS = frozenset({
    "cost", "costs", "wholesale", "purchase", "buying", "beli", "pembelian", "modal", "hpp", "pokok", "grosir",
    "cogs", "supplier", "pemasok", "reseller", "dropship", "dropshipper", "distributor", "margin", "markup",
    "profit", "laba", "keuntungan", "landed", "vendorprice", "b2b", "dealer", "agen", "kulakan",
})  # fmt: skip
# Aliases of the price that count only where no other column is the price: beside one, they are the price of a kilo or
# of an order, or one before options.
WEAK_PRICE_ALIASES = frozenset({"unitprice", "hargasatuan", "netprice", "baseprice", "amount", "pricevalue"})
# Words that may stand beside a price's header, mostly in brackets, without making it another thing.
NEUTRAL_PRICE_WORDS = frozenset({
    "incl", "excl", "included", "excluded", "including", "excluding", "inc", "exc", "tax", "vat", "ppn",
    "pajak", "termasuk", "gst", "gross", "required", "optional", "wajib", "opsional", "in", "dalam", "no",
    "only", "number", "angka", "x", "y", "z",
})  # fmt: skip
# Words of headers whose numbers are no money: such a column is never offered as a price.
OTHER_NUMBERS = frozenset({
    "weight", "berat", "gram", "grams", "gr", "kg", "lb", "oz", "rating", "ratings", "score", "skor", "nilai",
    "review", "reviews", "ulasan", "width", "height", "length", "depth", "lebar", "tinggi", "panjang", "size",
    "ukuran", "cm", "mm", "inch", "stock", "stok", "qty", "quantity", "jumlah", "inventory", "year", "tahun",
    "age", "usia", "umur", "percent", "persen", "discount", "diskon", "potongan", "id", "ids", "code", "kode",
    "sku", "ean", "upc", "gtin", "barcode", "count", "views", "sold", "terjual", "sales", "points", "poin",
    "position", "posisi", "order", "rank", "urutan", "phone", "telepon", "zip", "volume", "shipping", "ongkir",
    "pengiriman", "tax", "pajak", "fee", "deposit", "date", "tanggal", "time", "waktu", "version", "number",
    "nomor", "min", "max", "minimum", "maximum", "commission", "komisi", "votes", "likes", "dimension",
    "dimensi", "wattage", "page", "meta",
})  # fmt: skip
