from decimal import Decimal

import pytest

from catalogue.browsing.price_words import PriceWords, read_price_words


@pytest.mark.parametrize(
    ("text", "rest", "low", "high"),
    [
        ("dress under 200000", "dress", None, 200_000),
        ("gaun di bawah 200.000", "gaun", None, 200_000),
        ("gaun dibawah Rp 200rb", "gaun", None, 200_000),
        ("bag below 1,5 jt", "bag", None, 1_500_000),
        ("bag over 100k blue", "bag blue", 100_000, None),
        ("tas di atas 100 ribu di bawah 300 ribu", "tas", 100_000, 300_000),
        ("shoes between 100,000 and 250,000", "shoes", 100_000, 250_000),
        ("sepatu antara 100 - 250 ribu", "sepatu", 100_000, 250_000),
        ("under 50", "", None, 50),
        ("under armour", "under armour", None, None),
        ("dress", "dress", None, None),
        ("sku 200000", "sku 200000", None, None),
    ],
)
def test_bounds_are_taken_out_of_the_words(text, rest, low, high):
    expected = PriceWords(rest, low and Decimal(low), high and Decimal(high))
    assert read_price_words(text) == expected


@pytest.mark.parametrize(("text", "rest"), [("cheap dress", "dress"), ("tas murah", "tas"), ("murah", "")])
def test_cheap_is_an_order(text, rest):
    assert read_price_words(text) == PriceWords(rest, is_cheapest_first=True)
