"""Imports a CSV with any header and a folder of photos into the catalogue. Entry point: `run.import_catalogue`.

A row passes through these modules: `dialect` detects encoding, delimiter and header; `csv_records` splits the file into
records; `columns` maps headers to fields; `staging_table` stores records and photo paths in a temporary SQLite
database, which joins the rows and photos of a product wherever they stand; `row_reader` builds a product from its
records, `values` parses single cells, `image_finder` finds its files; `photo_reader` reads and stores them; `loader`
compares batches of products with the database and writes the differences.
"""
