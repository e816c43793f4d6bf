"""IR to assembly items: selection, allocation, frames, layout."""
