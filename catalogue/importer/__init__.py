"""Fills the catalogue from a CSV of unknown header and a folder of photos. `run.import_catalogue` is the way in.

The road of a row: `dialect` finds out how the file is written, `lines` cuts it into records, `columns` what its columns
mean; `spool` keeps records and photo paths on disk, so that a product's rows and photos come together however far
apart they lie; `rows` reads a product out of its records, `values` the single cells, `photos` its files; `load`
compares batches of products with the database and writes what differs.
"""
