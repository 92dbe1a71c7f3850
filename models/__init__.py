"""Models: the list of weights (`manifest.toml`) and the small store that fetches, checks and finds.

Weights are never in git. `fetch` is the only code of the project that opens an outside
connection. The package knows nothing of voice or cars and may be used alone.
"""

from models.errors import ModelStoreError, UnknownModelError
from models.fetch import fetch
from models.manifest import Manifest, ModelSpec, Requantize, Source, load_manifest
from models.store import ModelState, Store, default_folder

__all__ = [
    "Manifest",
    "ModelSpec",
    "ModelState",
    "ModelStoreError",
    "Requantize",
    "Source",
    "Store",
    "UnknownModelError",
    "default_folder",
    "fetch",
    "load_manifest",
]
