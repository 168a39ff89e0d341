"""What the demo's merchant has written in the admin: category names in both languages, and how to be reached."""

# Category slug: English, Indonesian.
CATEGORY_NAMES = {
    "aksesoris": ("Accessories", "Aksesori"),
    "atasan": ("Tops", "Atasan"),
    "baju-hamil": ("Maternity", "Baju Hamil"),
    "baju-tidur-pakaian-dalam": ("Sleepwear & Underwear", "Baju Tidur & Pakaian Dalam"),
    "blazer": ("Blazers", "Blazer"),
    "celana-pendek": ("Shorts", "Celana Pendek"),
    "dress": ("Dresses", "Gaun"),
    "hoodies-sweatshirts": ("Hoodies & Sweatshirts", "Hoodie & Sweatshirt"),
    "jaket-coat": ("Jackets & Coats", "Jaket & Mantel"),
    "jeans": ("Jeans", "Jeans"),
    "kaos-kaki-stocking": ("Socks & Stockings", "Kaus Kaki & Stoking"),
    "knitwear-cardigan": ("Knitwear & Cardigans", "Rajut & Kardigan"),
    "pants-leggings": ("Trousers & Leggings", "Celana & Legging"),
    "playsuits-jumpsuits": ("Playsuits & Jumpsuits", "Playsuit & Jumpsuit"),
    "plus-size": ("Plus Size", "Ukuran Besar"),
    "rok": ("Skirts", "Rok"),
    "sepatu": ("Shoes", "Sepatu"),
    "swimwear-beachwear": ("Swimwear & Beachwear", "Baju Renang & Pantai"),
    "tas": ("Bags", "Tas"),
}

CONTACT = {
    "text_en": "This is a demonstration shop: nothing here can be bought.\n\nThe pages of text, this one too, are "
    "written in the admin.",
    "text_id": "Ini toko contoh: tidak ada yang dapat dibeli di sini.\n\nHalaman teks, termasuk halaman ini, ditulis "
    "di admin.",
}
