from decimal import Decimal

import pytest

from catalogue.browsing.price_text import price_of_text


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("199000", "199000"),
        ("199.000", "199000"),
        ("199,000", "199000"),
        ("1.299.000", "1299000"),
        ("1,299,000.50", "1299000.50"),
        ("1.299.000,5", "1299000.5"),
        ("199 000", "199000"),
        ("Rp\N{NO-BREAK SPACE}199.000", "199000"),
        ("rp199000", "199000"),
        ("$19.99", "19.99"),
        ("19,9", "19.9"),
        ("0", "0"),
        (" 5 ", "5"),
    ],
)
def test_prices_are_read_as_they_are_written(text, amount):
    assert price_of_text(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cheap",
        "-1",
        "NaN",
        "Infinity",
        "1e5",
        "1.2.3",
        "1299.000",
        "0.125",
        "19.",
        ".5",
        "1.299,000.5",
        "٣",
        "9" * 25,
    ],
)
def test_what_is_no_price_is_refused(text):
    with pytest.raises(ValueError, match="is no price"):
        price_of_text(text)
