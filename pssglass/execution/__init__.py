"""Where tasks run: in this process, in worker processes on this machine, or on a cluster.

The engine (Dask) only places work; the database decides what is done. So a task is a small picklable value,
what it returns is small too, and running a task twice must do no harm.
"""

from .clusters import Cluster, RunningCluster
from .outcome import Outcome, UnfitWorker, WorkerDied
from .running import Workers, number_of_workers, run_tasks
from .settings import MachineSettings, SlurmProfile, load_settings
from .slurm import SlurmCluster
from .stopping import check_interrupted, pause, request_stop, stopped_by_signals

__all__ = [
    "Cluster",
    "MachineSettings",
    "Outcome",
    "RunningCluster",
    "SlurmCluster",
    "SlurmProfile",
    "UnfitWorker",
    "WorkerDied",
    "Workers",
    "check_interrupted",
    "load_settings",
    "number_of_workers",
    "pause",
    "request_stop",
    "run_tasks",
    "stopped_by_signals",
]
