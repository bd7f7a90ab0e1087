"""One region of the local cloud: each service that moto does not answer alone, and what it keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from local.backends import Backends
from local.batch.api import BatchApi
from local.batch.environments import BatchEnvironments
from local.batch.store import BatchStore
from local.cloudwatch.logs import LogsApi
from local.cloudwatch.metrics import Metrics
from local.ecr.layers import LayerDownloads
from local.ecr.repository import Registry
from local.ecr.scanning import Scanning
from local.ecr.service import EcrApi
from local.eventbridge.service import EventBridge
from local.eventbridge.trail import Trail
from local.faults import Faults
from local.functions.get_function import GetFunction
from local.functions.pool import FunctionPool
from local.functions.service import LambdaService
from local.functions.settings import FunctionSettings
from local.functions.spawner import Spawner
from local.http import Request, Response
from local.iam.calls import Iam
from local.layer import Service
from local.operation import LAYER_DOWNLOADS
from local.sns import Subscriptions
from local.sqs import QueueSettings
from local.work import Work


class Region:
    """The services of one region, which share nothing with those of another one.

    ``endpoint`` is the cloud's address, and ``directory`` is where functions are unpacked.
    """

    def __init__(
        self,
        name: str,
        *,
        backends: Backends,
        iam: Iam,
        work: Work,
        faults: Faults,
        forward: Callable[[Request], Response],
        spawner: Spawner,
        endpoint: str,
        directory: Path,
    ) -> None:
        self.name = name
        self.batch = BatchStore(region=name, account=backends.account)
        self.metrics = Metrics(backends, region=name)
        self._registry = Registry(lambda: backends.of("ecr", name), account=backends.account)
        self._pool = FunctionPool(
            backends=backends,
            iam=iam,
            metrics=self.metrics,
            spawner=spawner,
            directory=directory,
            endpoint=endpoint,
        )
        functions = LambdaService(
            backends=backends, pool=self._pool, iam=iam, metrics=self.metrics, work=work
        )
        self.events = EventBridge(
            backends=backends,
            functions=functions,
            metrics=self.metrics,
            work=work,
            faults=faults,
            region=name,
        )
        settings = FunctionSettings(functions, backends=backends, pool=self._pool, forward=forward)
        looks = GetFunction(settings, backends=backends, endpoint=endpoint)
        self.subscriptions = Subscriptions(backend=lambda: backends.of("sns", name), forward=forward)
        self.scans = Scanning(self._registry, emit=self.events.emit, region=name)
        self.ecr = EcrApi(
            self._registry,
            forward=forward,
            emit=self.events.emit,
            pushed=self.scans.pushed,
            downloads=f"{endpoint}{LAYER_DOWNLOADS}{name}/",
        )
        self.trail = Trail(emit=self.events.emit, iam=iam, region=name)
        definitions = self.trail.watching(BatchApi(self.batch))
        environments = BatchEnvironments(backend=lambda: backends.of("batch", name), forward=forward)
        self.services: Mapping[str, Service] = {
            "": looks.download,
            "batch": lambda request: environments(request) or definitions(request),
            "ecr": lambda request: self.scans(request) or self.ecr(request),
            "events": self.events,
            "lambda": looks,
            "logs": LogsApi(lambda: backends.of("logs", name)),
            "s3": LayerDownloads(self._registry.blob),
            "sqs": QueueSettings(backends=backends, forward=forward),
            "sns": self.subscriptions,
        }

    def clear(self) -> None:
        """Forgets everything, as if nobody had been here."""
        self._pool.end_all()
        self._pool.log_settings.clear()
        self.batch.clear()
        self.trail.on = False
        self._registry.clear()
        self.events.history.clear()
        self.subscriptions.clear()

    def close(self) -> None:
        """Ends every process."""
        self._pool.end_all()
