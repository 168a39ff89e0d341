"""Imports a CSV with any header and a folder of photos into the catalogue. Entry point: `run.import_catalogue`.

A row passes through these modules: `dialect` detects encoding, delimiter and header; `csv_records` splits the file into
records; `find_columns` maps headers to fields; `staging_table` stores records and photo paths in a temporary SQLite
database, which joins the rows and photos of a product wherever they stand; `source_checks` asks about what is no
catalogue; `row_reader`, with `row_prices`, `row_status` and `row_attributes`, builds a product from its records;
`values` parses single cells, `image_finder` finds its files; `photo_reader` reads and stores them; `loader` and
`product_rows` compare batches of products with the database and write what differs; `refused_rows` writes the refused.
"""
