"""The one error of the model store; its message says what to do next."""


class ModelStoreError(Exception):
    """A model is missing, changed, or cannot be fetched or written."""
