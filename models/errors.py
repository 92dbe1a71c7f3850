"""The errors of the model store; a message says what to do next."""


class ModelStoreError(Exception):
    """A model is missing, changed, or cannot be fetched or written."""


class UnknownModelError(ModelStoreError):
    """The manifest has no model of that name: what was asked for is wrong, not what is there."""
