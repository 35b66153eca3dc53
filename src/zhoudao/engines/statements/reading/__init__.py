"""From a path to cells: folders and zips, encodings, delimited text, sheets. Nothing here knows what a column means."""
