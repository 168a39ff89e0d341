"""What a photo search answers with: plain records that the page and the API render alike."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalogue.models import Product, ProductImage

Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in 0..1 of the photo's width and height

STRONG, CLOSE, WEAK = "strong", "close", "weak"


@dataclass(frozen=True, slots=True)
class Result:
    """One product among a garment's nearest, shown by its nearest image."""

    product: Product  # as `.cards_of()` loads it
    distance: float  # cosine distance, 0..2
    match: str  # STRONG, CLOSE or WEAK
    matched_image: ProductImage
    matched_box: Box
    shared: tuple[str, ...] = ()  # why: garment type, colours and category that both have


@dataclass(frozen=True, slots=True)
class GarmentAnswer:
    """One garment of the photo and its products, nearest first; type None: the whole photo, or a drawn box
    that no garment fills.
    """

    index: int
    label: str | None
    garment_type: str | None
    score: float
    box: Box
    polygons: list[list[tuple[float, float]]]
    colours: tuple[str, ...] = ()
    results: list[Result] = field(default_factory=list)
    count: int = 0  # products that match the filters, of which `results` is one page
    searched: bool = False  # False: only detected; results were not asked for
    is_drawn: bool = False  # a box of the shopper's own, with the type of the garment that fills it
    pair: tuple[int, ...] = ()  # indices of what is worn as one with it: the other shoe

    @property
    def is_all_weak(self) -> bool:
        """Nothing close is sold here."""
        return bool(self.results) and all(result.match == WEAK for result in self.results)


@dataclass(frozen=True, slots=True)
class PhotoAnswer:
    """The whole answer. `query` finds the cached photo again until it expires; `timing` is in milliseconds."""

    query: str
    width: int
    height: int
    garments: list[GarmentAnswer]
    timing: dict[str, float]
    encoder: str
    limit: int
    offset: int
    expires_at: float = 0.0  # of the cached photo, seconds since the epoch
