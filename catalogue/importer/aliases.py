"""What the columns of fashion shops' files are called."""

# Field -> headers that mean it, the likeliest first, in English, Indonesian and a little of others. Compared without
# case, spaces, punctuation, accents, words such as product, and numbers.
ALIASES: dict[str, tuple[str, ...]] = {
    "sku": (
        "sku", "productid", "productsku", "idproduk", "produkid", "kodeproduk", "kodebarang", "idbarang", "kode",
        "articleid", "articleno", "articlenumber", "articlecode", "itemid", "itemnumber", "itemcode", "itemno",
        "stylecode", "styleid", "configsku", "skuconfig", "simplesku", "parentsku", "modelcode", "productcode",
        "productno", "productnumber", "productkey", "nomorproduk", "noproduk", "code", "id", "pid", "uid", "ref",
        "reference", "handle", "asin", "ean", "upc", "gtin", "barcode", "identifiant", "artikelnummer", "codigo",
        "referencia", "nomor", "no",
    ),
    "category": (
        "category", "categoryname", "kategori", "namakategori", "kategory", "katagori", "subcategory", "subkategori",
        "categories", "maincategory", "masterkategori", "mastercategory", "categorypath", "breadcrumb", "breadcrumbs",
        "jenis", "jenispakaian", "jenisproduk", "tipe", "type", "producttype", "articletype", "garmenttype",
        "kelompok", "golongan", "department", "departemen", "folder", "group", "class", "kelas", "cat", "categorie",
        "kategorie", "categoria",
    ),
    "name": (
        "name", "nama", "productname", "namaproduk", "namabarang", "title", "judul", "judulproduk", "itemname",
        "itemtitle", "displayname", "productdisplayname", "producttitle", "label", "nom", "designation", "bezeichnung",
        "nome", "titulo", "titre",
    ),
    "brand": (
        "brand", "brandname", "merek", "merk", "namamerek", "namamerk", "jenama", "designer", "desainer",
        "manufacturer", "produsen", "vendor", "maker", "marque", "marke", "marca",
    ),
    "price": (
        "price", "harga", "hargajual", "harganormal", "pricevalue", "currentprice", "finalprice", "saleprice",
        "sellingprice", "specialprice", "discountedprice", "discountprice", "offerprice", "promoprice", "netprice",
        "hargapromo", "hargadiskon", "hargasetelahdiskon", "hargaakhir", "hargasale", "unitprice", "hargasatuan",
        "retailprice", "regularprice", "normalprice", "baseprice", "hargaasli", "hargaawal", "hargacoret",
        "originalprice", "oldprice", "pricebeforediscount", "listprice", "msrp", "mrp", "rrp", "amount", "prix",
        "preis", "precio", "preco", "prezzo",
    ),
    "currency": (
        "currency", "matauang", "currencycode", "pricecurrency", "kurs", "curr",
    ),
    "url": (
        "url", "link", "producturl", "productlink", "tautan", "urlproduk", "linkproduk", "tautanproduk", "pageurl",
        "detailurl", "productpage", "href", "permalink", "canonicalurl", "web", "website", "laman", "sumber",
        "sourceurl", "source",
    ),
    "images": (
        "images", "image", "gambar", "foto", "photo", "photos", "imageurl", "imageurls", "imagepath", "imagepaths",
        "imagelink", "imagelinks", "imagefile", "imagefiles", "imagefilename", "imagename", "imagesrc", "img", "imgs",
        "imgurl", "imgsrc", "imgpath", "imglink", "picture", "pictures", "pictureurl", "pic", "pics", "gambarurl",
        "urlgambar", "linkgambar", "filegambar", "namagambar", "namafilegambar", "pathgambar", "lokasigambar",
        "fotourl", "urlfoto", "linkfoto", "filefoto", "namafoto", "namafilefoto", "pathfoto", "photourl", "photopath",
        "photofile", "thumbnail", "thumbnailurl", "thumb", "cover", "coverimage", "file", "filename", "filepath",
        "filenames", "files", "path", "localpath", "imagelocal", "imagelocalpath", "additionalimages",
        "additionalimagelink", "galleryimages", "gallery", "galeri", "media", "mediaurl", "imagemain", "bild",
        "bilder", "imagen", "imagenes", "fotos", "imagefront", "imageback", "imagedetail", "frontimage", "backimage",
        "detailimage",
    ),
    "description": (
        "description", "deskripsi", "keterangan", "productdescription", "deskripsiproduk", "longdescription",
        "shortdescription", "details", "detail", "detailproduk", "productdetails", "desc", "penjelasan", "body",
        "bodyhtml", "spesifikasi",
    ),
    "is_active": (
        "active", "isactive", "aktif", "status", "statusproduk", "enabled", "isenabled", "published", "ispublished",
        "visible", "isvisible", "availability", "available", "isavailable", "ketersediaan", "tersedia", "instock",
    ),
    "colour": (
        "colour", "color", "warna", "colourname", "colorname", "namawarna", "basecolour", "basecolor", "colours",
        "colors", "colourfamily", "colorfamily", "warnaproduk",
    ),
    "stock": (
        "stock", "stok", "quantity", "qty", "jumlah", "jumlahstok", "stockquantity", "inventory", "persediaan",
        "inventoryquantity",
    ),
}  # fmt: skip
FIELDS = tuple(ALIASES)
SEVERAL = frozenset({"images"})  # a field that may have several columns
# Either an id or a name; its cells say which.
AMBIGUOUS = frozenset({"product", "products", "produk", "item", "items", "barang", "article", "artikel"})
