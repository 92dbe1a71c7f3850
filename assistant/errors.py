"""Every error that crosses a room of the assistant, as a tree.

    AurigaError                 code                exit
    ├── UsageError              usage                 2   wrong words on the command line
    ├── SettingsError           settings              2   a configuration file is wrong
    ├── VehicleProfileError     vehicle_profile       2   a vehicle's folder is wrong
    ├── ManualError             manual                2   a manual cannot be read or built
    ├── SoundFileError          sound_file            2   a WAV cannot be read or written
    ├── DiskFullError           disk_full             2   there is no room to write
    ├── ModelError              model                 3   a model is missing or changed
    ├── BusError                bus                   4   the vehicle bus cannot be opened
    ├── AudioDeviceError        audio_device          5   no microphone or loudspeaker
    └── StageError                                    1   a stage failed inside a turn
        ├── RecognizerError     recognizer
        ├── LanguageModelError  language_model
        ├── EmbedderError       embedder
        └── VoiceError          voice

A message is one sentence that says what was expected, what was found and what to do next. An
adapter turns every exception of its library into one of these with `from`. `spoken` is what the
driver hears when the error happens inside a turn; it holds no technical word.
"""

import errno
from typing import ClassVar


class AurigaError(Exception):
    """The root: a message for the reader of the terminal and a sentence for the driver."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    spoken: ClassVar[str] = "Sorry, something went wrong. Please ask again."


class UsageError(AurigaError):
    """The words on the command line do not make a command."""

    code = "usage"
    exit_code = 2


class SettingsError(AurigaError):
    """A configuration file holds an unknown key or a value out of its range."""

    code = "settings"
    exit_code = 2


class VehicleProfileError(AurigaError):
    """A vehicle's folder does not describe a vehicle."""

    code = "vehicle_profile"
    exit_code = 2


class ManualError(AurigaError):
    """A manual is empty, binary, or not built yet."""

    code = "manual"
    exit_code = 2
    spoken = "Sorry, I can't open the owner's manual."


class SoundFileError(AurigaError):
    """A sound file is not a WAV that can be read, or cannot be written."""

    code = "sound_file"
    exit_code = 2


class DiskFullError(AurigaError):
    """There is no room left where something had to be written."""

    code = "disk_full"
    exit_code = 2


def is_full(error: OSError) -> bool:
    """Whether the system refused because there is no room, and for no other reason."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class ModelError(AurigaError):
    """A model file is missing, or its checksum is not the one in the manifest."""

    code = "model"
    exit_code = 3


class BusError(AurigaError):
    """The vehicle bus, or the simulator that feeds it, cannot be opened."""

    code = "bus"
    exit_code = 4
    spoken = "Sorry, I can't reach the car's data right now."


class AudioDeviceError(AurigaError):
    """There is no microphone or loudspeaker, or it went away."""

    code = "audio_device"
    exit_code = 5


class StageError(AurigaError):
    """A stage failed inside a turn; the turn ends with its `spoken` sentence."""

    code = "stage"


class RecognizerError(StageError):
    """The recognizer could not turn the sound into words."""

    code = "recognizer"
    spoken = "Sorry, I couldn't make out the words. Please say that again."


class LanguageModelError(StageError):
    """The language model failed; a quotation of the manual takes its place."""

    code = "language_model"


class EmbedderError(StageError):
    """The embedder could not turn a text into a vector."""

    code = "embedder"


class VoiceError(StageError):
    """The voice process died or did not answer in time; the answer stays as text."""

    code = "voice"
