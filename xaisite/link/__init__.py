"""Posts → site: addresses and their collisions, numbers, labels, neighbours, series, tags; what each page refers to.

Pure: asks no disk. Called twice, before anything runs and with the results folded in.
"""
