"""Reports: their schema, static pages and live server."""
