import pytest
from django.core.cache import cache

from catalogue.models import Product
from tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue():
    make_product(name="Kemeja batik lengan panjang", brand="Senja", category=make_category(name="Atasan"))
    make_product(name="Kemeja polos", brand="Senja", category=make_category(name="Atasan"))
    make_product(name="Floral midi dress", brand="Lentera", category=make_category(name="Dress"))
    cache.clear()


@pytest.mark.parametrize(
    "typed, meant, reason",
    [
        ("kemja", "kemeja", "a letter missing"),
        ("kemmeja batik", "kemeja batik", "a letter too many; the other word is right"),
        ("flroal dress", "floral dress", "two letters the wrong way round"),
        ("Lenterra", "lentera", "a brand"),
        ("lent", "lent…", "the beginning of a word"),
        ("kemeja", "kemeja", "nothing is wrong"),
        ("kemja -polos", "kemeja -polos", "what is excluded stays"),
        ("flaroal dress", "floral dress", "a longer word has up to two mistakes"),
        ("fllrl dress", "fllrl dress", "a shorter one has not"),
        ("batavia", "batavia", "letters in common are no mistake: batik is something else"),
        ("modi", "midi", "a short word has one"),
        ("mdii dress", "midi dress", "swapped letters of a short word"),
        ("mid", "mid…", "the beginning of a word"),
        ("xyzzyq", "xyzzyq", "like nothing"),
        ("fatik", "fatik", "another first letter is another word"),
        ("2024", "2024", "numbers are not guessed at"),
        ("", "", "nothing typed"),
    ],
)
def test_unknown_words_become_the_nearest_known_ones(typed, meant, reason):
    assert Product.objects.visible().parse_query(typed).words == meant, reason


def test_mistyped_word_finds_what_the_right_one_finds():
    assert set(Product.objects.matching_text("kemja")) == set(Product.objects.matching_text("kemeja"))
    assert Product.objects.matching_text("kemja").count() == 2


def test_right_words_are_never_changed():
    assert [product.name for product in Product.objects.matching_text("batik")] == ["Kemeja batik lengan panjang"]


def test_words_like_nothing_find_nothing():
    assert not Product.objects.matching_text("xyzzyq").exists()


def test_what_matches_some_of_the_words_can_be_offered():
    query = Product.objects.visible().parse_query("floral zeppelin")
    assert not Product.objects.matching(query).exists()
    assert [product.name for product in Product.objects.matching_any_word(query)] == ["Floral midi dress"]
