"""Words that say whether a product is shown: in lower case, without accents, spaces and punctuation."""

from __future__ import annotations

YES = frozenset({
    "1", "true", "t", "yes", "y", "on", "ya", "iya", "aktif", "active", "activated", "enabled", "enable",
    "available", "tersedia", "instock", "published", "publish", "live", "visible", "tampil", "ditampilkan",
    "ready", "online", "public", "catalogsearch", "catalog", "search", "shopandsearchresults", "both", "dijual",
    "terbit", "diterbitkan", "listed", "ja", "aktiv", "veroffentlicht", "sichtbar", "oui", "actif", "publie",
    "si", "sim", "activo", "activado", "publicado", "ativo", "visivel", "attivo", "pubblicato", "visibile",
    "actief", "gepubliceerd", "zichtbaar", "tak", "show", "shown", "ditayangkan", "add", "revise", "relist",
    "update", "partialupdate", "create", "insert", "enligne", "publiee", "activee", "ingeschakeld", "aktywny",
    "opublikowany", "yayinda", "yayında", "evet", "да", "опубликовано", "опубликован", "активен", "активныи",
    "включен", "hienthi", "đangban", "ใช", "เปด", "เผยแพร", "نعم", "منشور", "是", "上架", "已上架", "在售", "已发布",
    "启用", "销售中", "公開", "公開中", "販売中",
})  # fmt: skip
NO = frozenset({
    "0", "-1", "2", "false", "f", "no", "n", "off", "tidak", "tdk", "nonaktif", "tidakaktif", "inactive",
    "deactivated", "disabled", "disable", "unavailable", "tidaktersedia", "outofstock", "soldout", "habis",
    "stokhabis", "kosong", "unpublished", "unpublish", "draft", "draf", "konsep", "hidden", "tersembunyi",
    "notlive", "deleted", "dihapus", "archived", "archive", "arsip", "diarsipkan", "discontinued", "private",
    "privat", "pribadi", "pending", "pendingreview", "menunggu", "trash", "trashed", "sampah", "unlisted",
    "future", "scheduled", "autodraft", "inherit", "offline", "disembunyikan", "sembunyi", "notvisible",
    "notvisibleindividually", "suspended", "banned", "blocked", "rejected", "ditolak", "expired",
    "tidakditampilkan", "staging", "protected", "passwordprotected", "membersonly", "paused", "inreview",
    "underreview", "ditinjau", "belumterbit", "belumaktif", "tidakterbit", "tidakdijual", "notactive",
    "nonactive", "notpublished", "entwurf", "nein", "inaktiv", "versteckt", "ausstehend", "unveroffentlicht",
    "non", "inactif", "brouillon", "prive", "masque", "cache", "enattente", "corbeille", "depublie", "borrador",
    "privado", "oculto", "inactivo", "desactivado", "pendiente", "papelera", "rascunho", "nao", "inativo",
    "pendente", "bozza", "nascosto", "inattivo", "inattesa", "nee", "inactief", "concept", "verborgen", "nie",
    "hide", "end", "delisted", "retired", "obsolete", "endoflife", "sold", "onhold", "suppressed", "unapproved",
    "notapproved", "awaitingapproval", "nottobeshown", "dontshow", "donotshow", "delete", "remove", "removed",
    "tidakditayangkan", "archiviert", "deaktiviert", "geloscht", "nichtsichtbar", "nichtaktiv",
    "nichtveroffentlicht", "geplant", "desactive", "desactivee", "horsligne", "supprime", "supprimee",
    "archivee", "nonpublie", "pausado", "pausada", "eliminado", "nopublicado", "sinpublicar", "excluido",
    "arquivado", "desativado", "inativa", "archiviato", "nonpubblicato", "disattivato", "disattivo",
    "nietgepubliceerd", "uitgeschakeld", "nietactief", "gearchiveerd", "szkic", "nieaktywny", "ukryty",
    "wycofany", "taslak", "pasif", "gizli", "hayir", "hayır", "yayindadegil", "yayındadegil", "нет", "черновик",
    "неопубликовано", "неактивен", "неактивныи", "скрыт", "скрыто", "архив", "снятспродажи", "выключен",
    "khong", "bannhap", "ngungban", "ซอน", "ปด", "ไม", "ฉบบราง", "لا", "مسودة", "مخفي", "否", "草稿", "下架", "已下架",
    "停售", "禁用", "隐藏", "未发布", "未上架", "待审核", "下書き", "非公開", "販売停止",
})  # fmt: skip
# Those that only answer a column's question, and say nothing by themselves.
BARE_YES = frozenset({
    "1", "true", "t", "yes", "y", "on", "ya", "iya", "ja", "oui", "si", "sim", "tak", "是",
})  # fmt: skip
BARE_NO = frozenset({
    "0", "false", "f", "no", "n", "off", "tidak", "tdk", "non", "nein", "nao", "nee", "nie", "否",
})  # fmt: skip
