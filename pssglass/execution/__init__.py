"""Where tasks run: in this process, in worker processes on this machine, or on a cluster.

The engine (Dask) only places work; the database decides what is done. So a task is a small picklable value,
what it returns is small too, and running a task twice must do no harm.
"""

from .clusters import Cluster, RunningCluster
from .machines import Machine, load_settings, machines
from .memory import MemoryLimit, SharedMemory
from .outcome import TaskOutcome, UnsuitableWorker, WorkerDied
from .running import Workers, memory_of_workers, number_of_workers, run_tasks
from .settings import MachineSettings
from .slurm import SlurmCluster, SlurmProfile
from .stopping import check_interrupted, pause, request_stop, stopped_by_signals

__all__ = [
    "Cluster",
    "Machine",
    "MachineSettings",
    "MemoryLimit",
    "RunningCluster",
    "SharedMemory",
    "SlurmCluster",
    "SlurmProfile",
    "TaskOutcome",
    "UnsuitableWorker",
    "WorkerDied",
    "Workers",
    "check_interrupted",
    "load_settings",
    "machines",
    "memory_of_workers",
    "number_of_workers",
    "pause",
    "request_stop",
    "run_tasks",
    "stopped_by_signals",
]
