"""sim: what can go wrong here, for whoever starts a simulation.

SimError
├── ScenarioError       a scenario cannot be found or says what cannot be done   exit code 2
├── VehicleFileError    the vehicle's files cannot be used                       exit code 2
├── SpecError           a bus SPEC is not `interface:channel[@bitrate]`          exit code 2
├── RecordingError      the file to write cannot be written                      exit code 2
├── OutputError         standard output takes no more                            exit code 2
└── BusUnavailable      the bus cannot be opened or does not take frames         exit code 4
"""


class SimError(Exception):
    """Anything that the simulator raises on purpose; one sentence that says what to do."""

    exit_code = 1


class ScenarioError(SimError):
    """The scenario is missing or wrong."""

    exit_code = 2

    def __init__(self, message: str, key: str = "") -> None:
        """`key` is the one in the table at hand that must be corrected, where it is one."""
        super().__init__(message)
        self.key = key


class VehicleFileError(SimError):
    """The vehicle's folder, vehicle.toml or a DBC is missing or wrong."""

    exit_code = 2


class SpecError(SimError):
    """The text that names a bus is malformed."""

    exit_code = 2


class RecordingError(SimError):
    """The recording cannot be written, such as on a full disk."""

    exit_code = 2


class OutputError(SimError):
    """Standard output cannot be written, such as on a full disk."""

    exit_code = 2


class BusUnavailable(SimError):
    """The bus cannot be opened on this machine, or it failed."""

    exit_code = 4
