"""Catalogues of made-up vectors, for tests of the search that need no photo."""

import hashlib

import numpy as np
from pgvector import HalfVector

from catalogue.models import Product, ProductImage
from search.models import Encoder, GarmentEmbedding
from search.retrieval import indexes
from tests.factories import make_category


def clustered_vectors(count, dimensions, *, clusters=40, spread=0.5, seed=0):
    """(count, dimensions) float32 of unit length, in clusters as real embeddings are."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(clusters, dimensions))
    vectors = centres[rng.integers(clusters, size=count)] + spread * rng.normal(size=(count, dimensions))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def make_encoder(name="test-encoder", *, dimensions=16, is_serving=True, **overrides):
    return Encoder.objects.create(
        name=name, dimensions=dimensions, fingerprint="0" * 16, is_serving=is_serving, **overrides
    )


def make_embedded_catalogue(encoder, *, products, images=2, categories=("dress", "top", "skirt"), seed=0, index=True):
    """`products` products of `images` images with one vector each, over one category a garment type.

    Returns the vectors as stored, (products * images, D) float32 in the order of (product, image), and the products.
    Product i has price i, brand "brand-<i % 100>", category categories[i % 3] and the colour black if i is even.
    """
    held = [make_category(name=name.title(), slug=name, garment_types=[name]) for name in categories]
    rows = Product.objects.bulk_create(
        Product(
            sku=f"{encoder.name}-{i}",
            name=f"Product {i}",
            category=held[i % len(held)],
            brand=f"brand-{i % 100}",
            price=i,
            colours=["black"] if i % 2 == 0 else ["red"],
        )
        for i in range(products)
    )
    pictures = ProductImage.objects.bulk_create(
        ProductImage(
            product=product,
            file=f"made-up/{product.sku}-{position}.jpg",
            sha256=hashlib.sha256(f"{product.sku}-{position}".encode()).hexdigest(),
            width=48,
            height=64,
            position=position,
        )
        for product in rows
        for position in range(images)
    )
    vectors = clustered_vectors(len(pictures), encoder.dimensions, seed=seed).astype(np.float16).astype(np.float32)
    embed(pictures, vectors, encoder, [product.category.garment_types[0] for product in rows for _ in range(images)])
    if index:
        indexes.create_index(encoder)
    indexes.analyse()
    return vectors, rows


def embed(pictures, vectors, encoder, garment_types, *, ordinal=1):
    GarmentEmbedding.objects.bulk_create(
        GarmentEmbedding(
            image=picture,
            encoder=encoder,
            ordinal=ordinal,
            product_id=picture.product_id,
            category_id=picture.product.category_id,
            garment_type=garment_type,
            box=[0, 0, 1, 1],
            score=1,
            pixels_sha256=picture.sha256,
            fingerprint="test",
            vector=HalfVector(vector),
        )
        for picture, vector, garment_type in zip(pictures, vectors, garment_types, strict=True)
    )


def exact_ranking(query, vectors, images):
    """Product indices by the distance of their nearest image, and those distances: what SQL must agree with."""
    distances = 1 - vectors @ query / np.linalg.norm(vectors, axis=1) / np.linalg.norm(query)
    nearest = distances.reshape(-1, images).min(axis=1)
    order = np.argsort(nearest, kind="stable")
    return order, nearest[order]
