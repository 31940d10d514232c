"""Values to text and bytes for other programs: feed, sitemap, metadata, notebook, script, share image. Pure."""
