"""can_bridge: what can go wrong here, for whoever opens a vehicle or its bus.

BridgeError
├── ProfileError    a file of the vehicle says what cannot be used     exit code 2
├── SpecError       a bus SPEC is not `interface:channel[@bitrate]`    exit code 2
├── RecordingError  a file of recorded frames cannot be read or made   exit code 2
├── OutputError     standard output takes no more                      exit code 2
├── ListenError     a server cannot listen where it should            exit code 2
├── BusError        the bus cannot be opened                           exit code 4
├── TransmitError   a frame may not be sent, or the bus did not take it exit code 4
├── LedgerError     it cannot be told or noted how often a frame was sent exit code 4
├── NoUnitError     the vehicle's files list no such control unit      exit code 2
└── DiagnosticError a control unit refused, or answered what cannot be  exit code 1
    ├── RefusedError    it refused, and said why
    └── SilenceError    it did not answer in time

Every message is one sentence: what was expected, what was found, and what to do.
"""

import reprlib

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 60


class BridgeError(Exception):
    """Anything that can_bridge raises on purpose."""

    exit_code = 1


class ProfileError(BridgeError):
    """A vehicle's folder is missing, or one of its files cannot be used as it is."""

    exit_code = 2


class SpecError(BridgeError):
    """The text that names a bus is malformed."""

    exit_code = 2


class RecordingError(BridgeError):
    """A recording is missing, of another format than its name says, or broken in the middle."""

    exit_code = 2


class OutputError(BridgeError):
    """Standard output cannot be written, such as on a full disk."""

    exit_code = 2


class ListenError(BridgeError):
    """The place to listen is taken, or the token that guards it cannot be used."""

    exit_code = 2


class BusError(BridgeError):
    """The bus exists in name, but cannot be opened on this machine."""

    exit_code = 4


class TransmitError(BridgeError):
    """A frame was not sent: it is not allowed, or the bus did not take it."""

    exit_code = 4


class LedgerError(BridgeError):
    """It is not known how often a frame was sent, or it could not be noted; none is sent then."""

    exit_code = 4


class DiagnosticError(BridgeError):
    """A control unit gave no usable answer to a diagnostic request."""


class NoUnitError(DiagnosticError):
    """The vehicle's files list no control unit, or not the one that was named."""

    exit_code = 2


class RefusedError(DiagnosticError):
    """A control unit refused a diagnostic request."""

    def __init__(self, message: str, *, code: int) -> None:
        """`code` is the negative response code of ISO 14229-1, 0 if it gave none."""
        super().__init__(message)
        self.code = code


class SilenceError(DiagnosticError):
    """A control unit did not answer within the time that it was given."""

    def __init__(self, message: str, *, heard: bool = False) -> None:
        """`heard` when the unit did say something before, such as to wait."""
        super().__init__(message)
        self.heard = heard


def shown(value: object) -> str:
    """Whatever was given, for a place inside of a sentence; not longer than anybody reads."""
    try:
        return _SHORT.repr(value)
    except ValueError:  # Python writes no number of so many digits
        return "a number of thousands of digits"


def first_line(error: BaseException) -> str:
    """What another library's error says, for a place inside of a sentence; else its type."""
    text = str(error).strip()
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__


def unreadable(file: object, error: OSError) -> str:
    """The sentence about a file that cannot be opened, with what to do."""
    if isinstance(error, FileNotFoundError):
        return f"{file} cannot be read (there is no such file); add it, or correct the name"
    if isinstance(error, IsADirectoryError):
        return f"{file} is a folder; put a file there, or name one in it"
    return f"{file} cannot be read ({error.strerror}); make it readable"
