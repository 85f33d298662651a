"""File formats, read strictly (filformat): official area files, tables of deviations, the report of an import."""
