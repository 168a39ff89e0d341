"""What the columns of fashion shops' files are called. docs/importing.md says how to add a header."""

# Field -> headers that mean it, the likeliest first, in English, Indonesian and a little of others, and as WooCommerce,
# Shopify, PrestaShop, Magento, BigCommerce, Squarespace, Wix and Google Merchant write them. Compared without case,
# spaces, punctuation, accents, words in brackets, words such as product, and numbers.
ALIASES: dict[str, tuple[str, ...]] = {
    "sku": (
        "sku", "productid", "productsku", "idproduk", "produkid", "kodeproduk", "kodebarang", "idbarang", "kode",
        "customsku", "internalreference", "defaultcode", "skuname", "systemid", "externalid", "productcodesku",
        "kodesku", "skuproduk", "skupenjual", "sellersku", "articleid", "articleno", "articlenumber", "artikelnummer",
        "articlecode", "itemid", "itemnumber", "itemcode", "itemno", "stylecode", "styleid", "configsku", "skuconfig",
        "simplesku", "modelcode", "productcode", "productno", "productnumber", "productkey", "nomorproduk",
        "noproduk", "code", "id", "pid", "uid", "ref", "reference", "handle", "handleid", "urlhandle", "token",
        "asin", "ean", "upc", "gtin", "barcode", "identifiant", "codigo", "referencia", "nomor",
        "no", "货号", "商品编号",
        "商品编码",
    ),
    "parent": (
        "itemgroupid", "parentsku", "parentid", "parent", "skuinduk", "kodeinduk", "indukproduk", "produkinduk",
        "variantgroup", "variantgroupid", "induk", "postparent", "ubergeordnetesprodukt",
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
        "googleproductcategory", "taxproductcat", "productcategories", "kategorien", "categorias", "kategoriproduk",
        "类目", "分类", "商品分类", "producttypename", "typename", "primarycategory",
    ),
    "tags": ("tags", "tag", "keywords", "katakunci", "producttags"),
    "name": (
        "name", "nama", "productname", "namaproduk", "namabarang", "title", "judul", "judulproduk", "itemname",
        "itemtitle", "displayname", "productdisplayname", "producttitle", "label", "nom", "designation",
        "bezeichnung", "nome", "nombre", "titulo", "titre", "titel", "posttitle", "名称", "商品名称", "标题", "品名",
        "prodname",
    ),
    "brand": (
        "brand", "brands", "brandname", "merek", "merk", "namamerek", "namamerk", "jenama", "designer", "desainer",
        "manufacturer", "produsen", "vendor", "maker", "marque", "marke", "marca",
    ),
    # What a product costs the merchant. Headers with such a word in them (COST_WORDS) count as well.
    "cost": (
        "cost", "costprice", "costperitem", "unitcost", "wholesaleprice", "wholesale", "purchaseprice",
        "buyingprice", "buyprice", "hargabeli", "hargamodal", "modal", "hpp", "hargapokok",
        "hargapokokpenjualan", "hargagrosir", "cogs", "supplierprice", "vendorprice", "hargavendor",
        "landedcost", "biaya", "einkaufspreis", "ek", "prixdachat", "cout", "preciodecompra", "coste", "costo",
        "custo", "supplyprice", "进价", "成本", "成本价",
    ),
    "price": (
        "price", "harga", "hargajual", "pricevalue", "currentprice", "finalprice", "sellingprice", "netprice",
        "hargaakhir", "unitprice", "hargasatuan", "variantprice", "pricetaxincluded", "pricetaxexcluded",
        "pricetaxincl", "pricetaxexcl", "priceincltax", "priceexcltax", "priceincludingtax",
        "priceexcludingtax", "baseprice", "hargavarian", "hargaeceran", "amount", "salesprice", "prix", "prixdevente",
        "preis", "verkaufspreis", "vk", "precio", "preciodeventa", "preco", "precodevenda", "prezzo",
        "prezzodivendita", "prijs", "verkoopprijs", "cena", "pris", "售价", "价格", "单价", "销售价", "销售价格",
        "hargajualsatuan", "standardsellingrate", "standardrate", "sellingrate", "pvp", "fiyat", "satisfiyati",
        "giaban", "цена", "販売価格", "ราคา", "ราคาขาย",
    ),
    "regular_price": (
        "regularprice", "compareatprice", "variantcompareatprice", "normalprice", "harganormal", "hargareguler",
        "originalprice", "hargaasli", "hargaawal", "hargacoret", "hargasebelumdiskon", "oldprice", "wasprice",
        "fullprice", "pricebeforediscount", "listprice", "retailprice", "msrp", "msrpprice", "mrp", "rrp",
        "recommendedretailprice", "suggestedretailprice", "uvp", "regularerpreis", "streichpreis", "prixregulier",
        "prixbarre", "preciohabitual", "precionormal", "precioregular", "prezzodilistino", "adviesprijs", "原价",
        "市场价", "吊牌价", "comparetoprice", "定価",
    ),
    "sale_price": (
        "saleprice", "specialprice", "discountedprice", "discountprice", "offerprice", "promoprice", "hargapromo",
        "hargadiskon", "hargasetelahdiskon", "hargasale", "hargaobral", "hargaspesial", "variantsaleprice",
        "onlinesaleprice", "angebotspreis", "aktionspreis", "sonderpreis", "prixpromo", "prixsolde", "preciooferta",
        "preciodeoferta", "preciorebajado", "precopromocional", "prezzoscontato",
        "actieprijs", "促销价", "特价", "活动价",
    ),
    "on_sale": ("onsale", "isonsale", "sedangpromo", "sedangdiskon"),  # whether the sale price is asked
    "sale_start": (
        "datesalepricestarts", "salepricestartdate", "salepricestart", "salestart", "specialpricefromdate",
        "specialfromdate", "salepricedatesfrom", "salepriceeffectivedate", "promomulai", "mulaipromo",
        "tanggalmulaipromo", "tanggalberlakuhargadiskon",
    ),
    "sale_end": (
        "datesalepriceends", "salepriceenddate", "salepriceend", "saleend", "specialpricetodate",
        "specialtodate", "salepricedatesto", "promoselesai", "akhirpromo", "tanggalakhirpromo",
    ),
    "show_price": ("showprice", "tampilkanharga"),  # where it says no, the price is for nobody to see
    "hide_price": (  # where it says yes
        "hideprice", "ispricehidden", "pricehidden", "sembunyikanharga", "callforprice", "callforpricing",
        "priceonrequest",
    ),
    "discount": ("discountvalue",),  # taken off the price, where there is a column of how: Wix's
    "discount_mode": ("discountmode",),
    "currency": (
        "currency", "matauang", "currencycode", "pricecurrency", "curr", "wahrung", "devise", "moneda", "moeda",
        "valuta", "币种",
    ),
    "url": (
        "url", "link", "producturl", "productlink", "tautan", "urlproduk", "linkproduk", "tautanproduk",
        "pageurl", "detailurl", "productpage", "href", "permalink", "canonicalurl", "laman",
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
        "hostedimageurls", "productimagefile", "smallimage", "internalimageurl", "featuredimage", "fotoproduk",
    ),
    "description": (
        "description", "deskripsi", "keterangan", "productdescription", "deskripsiproduk", "longdescription",
        "shortdescription", "summary", "ringkasan", "details", "detail", "detailproduk", "productdetails",
        "desc", "penjelasan", "body", "bodyhtml", "spesifikasi", "deskripsisingkat", "beschreibung", "descripcion",
        "descricao", "descrizione", "kurzbeschreibung", "postcontent", "postexcerpt", "descriptionsale",
        "descriptionforcustomers", "描述", "商品描述", "detaildesc",
    ),
    # Whether it is shown. Headers with one of STATUS_STEMS count as well, where all cells are understood.
    "is_active": (
        "active", "isactive", "aktif", "status", "statusproduk", "enabled", "isenabled", "published",
        "ispublished", "publish", "visible", "isvisible", "visibility", "visibilityincatalog", "productvisible",
        "productonline", "ditampilkan", "tampil", "terbit", "poststatus", "productstatus", "publishedononlinestore",
        "publishtoecom", "sellable", "canbesold", "saleok", "aktiv", "actif", "activo", "ativo", "attivo", "actief",
        "estado", "statut", "stato", "状态", "上架", "是否上架", "上架状态",
        "productisavailable", "dijual", "статус", "видимость", "опубликован", "опубликовано", "durum", "สถานะ",
        "trangthai", "الحالة", "ステータス", "公開状態", "状態",
    ),
    # The same the other way round: a yes hides.
    "is_hidden": (
        "archived", "isarchived", "hidden", "ishidden", "hide", "hideproduct", "hidefromstore", "disabled",
        "isdisabled", "inactive", "isinactive", "deleted", "isdeleted", "trashed", "draft", "isdraft", "unpublished",
        "unlisted", "isunlisted", "isprivate", "blocked", "isblocked", "suspended", "diarsipkan", "arsip",
        "disembunyikan", "sembunyikan", "nonaktif", "tidakaktif", "dihapus", "versteckt",
        "archiviert", "下架", "是否下架",
    ),
    "publish_start": (  # from when on it is shown
        "publishedat", "publishat", "publishdate", "publishon", "datepublished", "publicationdate", "dateavailable",
        "visiblefrom", "activefrom", "onlinefrom", "tanggalterbit", "tanggalpublikasi", "tanggaltayang",
        "launchdate", "releasedate", "golivedate", "tanggalrilis", "tanggalpeluncuran",
    ),
    "publish_end": (
        "expirationdate", "unpublishdate", "unpublishat", "visibleto", "visibleuntil", "activeto", "activeuntil",
    ),
    # Who knows it may see the product: nobody here.
    "password": ("postpassword", "password", "productpassword", "katasandi", "passwort", "motdepasse"),
    "availability": (
        "availability", "available", "isavailable", "ketersediaan", "tersedia", "instock", "isinstock",
        "stockstatus", "statusstok", "vorratig",
    ),
    "colour": (
        "colour", "color", "warna", "colourname", "colorname", "namawarna", "basecolour", "basecolor",
        "colours", "colors", "colourfamily", "colorfamily", "warnaproduk", "colourgroupname", "colorgroupname",
    ),
    "stock": (
        "stock", "stok", "quantity", "qty", "jumlah", "jumlahstok", "stockquantity", "inventory", "persediaan",
        "inventoryquantity", "variantinventoryqty", "lager", "quantityonhand", "currentstocklevel", "currentstock",
    ),
    "record_kind": (),  # what a row is of: product, variant, image; told by RECORD_KINDS
    "attribute_pairs": ("additionalattributes",),  # Magento's: color=Red,size=M
    "ignored": ("refusalreason",),  # what refused_rows.py writes, and what --column ignored=HEADER names
    "attribute": (),  # a column that is none of the above, whatever its header says; only --column gives it
}  # fmt: skip
FIELDS = tuple(ALIASES)
# Fields that may have several columns: all images; of the others the first cell that tells something.
SEVERAL = frozenset(
    {
        "images",
        "category",
        "description",
        "is_active",
        "is_hidden",
        "password",
        "cost",
        "attribute_pairs",
        "ignored",
        "attribute",
    }
)
# Columns that are kept as attributes, though the importer knows what they are.
KEPT = frozenset({"cost", "attribute", "tags", "variant_sku"})
# Either an id or a name; its cells say which.
AMBIGUOUS = frozenset({"product", "products", "produk", "item", "items", "barang", "article", "artikel"})
# Headers that say what a row is of where all cells are one of these words: of BigCommerce, Wix and Ecwid.
RECORD_HEADERS = frozenset({"item", "itemtype", "fieldtype", "rowtype", "recordtype", "type"})
RECORD_PARTS = frozenset({  # of the product above
    "variant", "sku", "rule", "image", "video", "variation", "product_variation", "product_option", "product_file",
    "product_image", "product_attribute",
})  # fmt: skip
RECORD_KINDS = RECORD_PARTS | {"product"}
# A header with one of these words is about what the merchant pays or earns, never about what a shopper pays.
COST_WORDS = frozenset({
    "cost", "costs", "wholesale", "purchase", "buying", "beli", "belian", "pembelian", "modal", "hpp", "pokok",
    "grosir", "cogs", "supplier", "suppliers", "supply", "pemasok", "reseller", "dropship", "dropshipper",
    "distributor", "margin", "markup", "profit", "laba", "keuntungan", "landed", "vendorprice", "b2b", "dealer",
    "agen", "kulakan", "kos", "einkauf", "einkaufspreis", "einkaufspreise", "ek", "lieferant", "grosshandel", "achat",
    "cout", "couts", "gros", "fournisseur", "compra", "coste", "costo", "custo", "mayorista", "atacado", "acquisto",
    "ingrosso", "inkoop", "inkoopprijs", "groothandel", "zakupu", "hurtowa", "maliyet", "alis", "valuation", "fob",
    "cif", "exw", "factory", "pabrik", "nhap",
})  # fmt: skip
# The same in scripts that write words without spaces: a header that holds one of these.
COST_PARTS = ("进价", "成本", "采购", "进货", "批发", "供货", "供应商", "進價", "批發", "原価", "仕入", "원가", "매입",
              "giá vốn", "ทุน", "себестоимост", "закупоч", "опт", "עלות", "الشراء", "التكلفة")  # fmt: skip
# A header that holds one of these, in Latin letters without accents, says what is shown.
STATUS_STEMS = (
    "publish", "publik", "dipublik", "publicad", "publie", "pubblicat", "gepubliceerd", "veroffentlicht", "visib",
    "sichtbar", "zichtbaar", "visivel",
)  # fmt: skip
# ... unless it is about one of these.
NO_STATUS_WORDS = frozenset({
    "attribute", "option", "image", "date", "at", "on", "by", "price", "review", "reviews", "tax", "stock", "scope",
    "meta", "feature", "featured", "harga", "tanggal", "publisher", "zone",
})  # fmt: skip
# With a word that begins so and one of START_WORDS or END_WORDS, a header names the day on which a sale begins or ends.
SALE_STEMS = (
    "sale", "special", "spesial", "promo", "discount", "diskon", "obral", "angebot", "aktion", "sonderpreis", "oferta",
    "solde", "remise", "offer", "descuento", "desconto", "sconto", "rebaj", "korting", "actie",
)  # fmt: skip
DATE_WORDS = frozenset({"date", "dates", "tanggal", "tgl", "datum", "fecha", "data", "day", "time", "at", "on"})
# With one of these it says whether the sale is on.
ON_WORDS = frozenset({"aktif", "active", "enabled", "status", "berlaku", "is", "ongoing"})
START_WORDS = frozenset({
    "start", "starts", "from", "begin", "begins", "mulai", "dimulai", "dari", "awal", "von", "beginnt", "beginn",
    "desde", "inicio", "debut", "inizio", "dal",
})  # fmt: skip
END_WORDS = frozenset({
    "end", "ends", "to", "until", "till", "berakhir", "selesai", "akhir", "sampai", "hingga", "bis", "endet", "ende",
    "hasta", "fin", "fim", "fine", "final", "ate", "termino",
})  # fmt: skip
# What was asked before, or is recommended: alone it is no price.
STRUCK_PRICES = frozenset({
    "compareatprice", "comparetoprice", "variantcompareatprice", "hargacoret", "oldprice", "wasprice",
    "hargasebelumdiskon", "pricebeforediscount", "msrp", "msrpprice", "rrp", "recommendedretailprice",
    "suggestedretailprice", "uvp", "streichpreis", "prixbarre", "adviesprijs", "市场价", "吊牌价",
})  # fmt: skip
# Odoo's cost beside its list price, but what Amazon asks beside its list price: one of ODOO tells.
STANDARD_PRICE = "standardprice"
ODOO = frozenset({"defaultcode", "categid", "saleok", "purchaseok"})
# What eBay's and Amazon's uploads do with a row, which says what is shown where its words do: Add, Delete, End.
ACTIONS = frozenset({"action", "updatedelete", "operation"})
# Columns that say which shop's product page a handle opens: variants of one product share it.
HANDLES = frozenset({"handle", "handleid", "urlhandle"})
# Aliases of the price that count only where no other column is the price: beside one, they are the price of a kilo or
# of an order, or one before options.
WEAK_PRICE_ALIASES = frozenset({"unitprice", "hargasatuan", "netprice", "baseprice", "amount", "pricevalue"})
# Words that may stand beside a price's header, mostly in brackets, without making it another thing.
NEUTRAL_PRICE_WORDS = frozenset({
    "with", "without", "inclusive", "exclusive", "brutto", "netto", "net", "ttc", "ht", "mwst", "ust", "iva", "tva",
    "btw", "kdv", "con", "sin", "sans", "mit", "ohne", "avec", "taxes",
    "incl", "excl", "included", "excluded", "including", "excluding", "inc", "exc", "tax", "vat", "ppn",
    "pajak", "termasuk", "gst", "gross", "required", "optional", "wajib", "opsional", "in", "dalam", "no",
    "only", "number", "local", "currency", "angka", "x", "y", "z",
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
    "dimensi", "wattage", "page", "meta", "impact", "surcharge",
})  # fmt: skip
