"""Files that people download from the pages of the outside systems, with all their quirks."""

from sandbox.exports.media import write_media

__all__ = ["write_media"]
