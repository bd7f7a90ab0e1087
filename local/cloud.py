"""The local cloud as a value: start it, point AWS clients at it, deploy to it, wait for it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.backends import Backends
from local.batch_api import BatchApi
from local.batch_store import BatchStore
from local.ecr import EcrApi
from local.ecr_layers import LayerDownloads
from local.ecr_repository import Registry
from local.events import EventBridge
from local.faults import Faults
from local.function_pool import FunctionPool
from local.get_function import GetFunction
from local.iam import Call, Iam
from local.lambda_service import LambdaService
from local.layer import Layer
from local.logs_api import LogsApi
from local.metrics import Metrics
from local.policy import Access
from local.scanning import Scanning
from local.server import Server
from local.subscriptions import Subscriptions
from local.trail import Trail
from local.work import Work

ACCESS_KEY, SECRET_KEY = "local", "local"
ACCOUNT, REGION = "123456789012", "ap-southeast-2"
# What is still under way after so long will never end.
_HANGING_SECONDS = 600.0


class Cloud:
    """One region of one account. moto keeps its memory per process, so there is one Cloud at a time.

    ``time_factor`` scales every wait between retries: at 0.01 Lambda's minute takes 0.6 s.

    >>> with Cloud() as cloud:  # doctest: +SKIP
    ...     cloud.deploy("dev")
    ...     cloud.client("ecr").put_image(...)
    ...     cloud.settle()
    """

    def __init__(
        self,
        *,
        port: int = 0,
        region: str = REGION,
        account: str = ACCOUNT,
        time_factor: float = 0.01,
    ) -> None:
        self.region = region
        self.account = account
        self.faults = Faults()
        self.batch = BatchStore(region=region, account=account)
        self.work = Work(time_factor=time_factor)
        # What the stacks' states say of job definitions, by name.
        self.stacks: dict[str, dict[str, Any]] = {}
        self._port = port
        self._clients: dict[str, Any] = {}
        self._directory = Path(tempfile.mkdtemp(prefix="local-cloud-"))
        self._backends = Backends(account=account)
        self._registry = Registry(lambda: self._backends.of("ecr", region), account=account)
        self._iam = Iam(
            self._backends,
            next_revision=self.batch.next_revision,
            enhanced_scanning=lambda: self.scans.enhanced,
        )
        self._environment: dict[str, str | None] = {}

    def __enter__(self) -> Self:
        """Starts the cloud, empty; raises PortTaken."""
        from moto.moto_server.werkzeug_app import (  # noqa: PLC0415 - slow to import
            DomainDispatcherApplication,
            create_backend_app,
        )

        self._set_environment()
        self._backends.reset()
        self._layer = Layer(
            moto=DomainDispatcherApplication(create_backend_app),
            region=self.region,
            iam=self._iam,
            faults=self.faults,
        )
        self._server = Server(self._layer, port=self._port)
        self.metrics = Metrics(self._backends, region=self.region)
        self._pool = FunctionPool(
            backends=self._backends,
            iam=self._iam,
            metrics=self.metrics,
            directory=self._directory,
            endpoint=self.endpoint,
        )
        functions = LambdaService(
            backends=self._backends,
            pool=self._pool,
            iam=self._iam,
            metrics=self.metrics,
            work=self.work,
            forward=self._layer.forward,
        )
        self.events = EventBridge(
            backends=self._backends,
            functions=functions,
            metrics=self.metrics,
            work=self.work,
            faults=self.faults,
            region=self.region,
        )
        looks = GetFunction(functions, backends=self._backends, endpoint=self.endpoint)
        self.subscriptions = Subscriptions(
            backend=lambda: self._backends.of("sns", self.region), forward=self._layer.forward
        )
        self.scans = Scanning(self._registry, emit=self.events.emit, region=self.region)
        self.ecr = EcrApi(
            self._registry,
            forward=self._layer.forward,
            emit=self.events.emit,
            pushed=self.scans.pushed,
            endpoint=self.endpoint,
        )
        self.trail = Trail(emit=self.events.emit, iam=self._iam, region=self.region)
        self._layer.services = {
            "": looks.download,
            "batch": self.trail.watching(BatchApi(self.batch)),
            "ecr": lambda request: self.scans(request) or self.ecr(request),
            "events": self.events,
            "lambda": looks,
            "logs": LogsApi(lambda: self._backends.of("logs", self.region)),
            "s3": LayerDownloads(self._registry.blob),
            "sns": self.subscriptions,
        }
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends every process and thread of the cloud."""
        self.faults.clear()
        self.work.close()
        self._pool.close()
        self._server.close()
        shutil.rmtree(self._directory, ignore_errors=True)
        for name, value in self._environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    @property
    def endpoint(self) -> str:
        """The URL for ``--endpoint-url`` or AWS_ENDPOINT_URL."""
        return self._server.endpoint

    def client(self, service: str) -> Any:
        """A boto3 client of the operator, who may do everything."""
        if service not in self._clients:
            import boto3  # noqa: PLC0415 - slow to import
            from botocore.config import Config  # noqa: PLC0415

            self._clients[service] = boto3.session.Session().client(
                service,
                endpoint_url=self.endpoint,
                region_name=self.region,
                aws_access_key_id=ACCESS_KEY,
                aws_secret_access_key=SECRET_KEY,
                config=Config(read_timeout=_HANGING_SECONDS),
            )
        return self._clients[service]

    def deploy(
        self, stack: str = "dev", *, project_dir: Path | str = ".", config: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Runs the Pulumi program of ``project_dir`` against this cloud and returns the stack's outputs.

        The configuration is that of ``Pulumi.<stack>.yaml``, or ``config`` in the same form (``{"aws:region":
        …, "ecr-batch-updater:pairs": {…}}``). A second deployment updates the first. Raises DeployError.
        """
        from local.deploy import deploy_program  # noqa: PLC0415 - Pulumi is slow to import

        return deploy_program(self, Path(project_dir), stack, config)

    def settle(self) -> None:
        """Returns once no delivery, invocation or retry is under way; raises as Work.settle."""
        self.work.settle(_HANGING_SECONDS)

    def tick(self, rule_name: str) -> dict[str, Any]:
        """Lets the schedule of a rule fire once."""
        event: dict[str, Any] = self.events.tick(rule_name)
        return event

    def calls_by(self, function_name: str) -> list[Call]:
        """What the function did that its role's policy was asked about, allowed or not."""
        return self._iam.calls_by(function_name)

    def denials(self) -> list[tuple[str, Call]]:
        """Each function's name with each call that the policy of its role refused."""
        return self._iam.denials()

    def needs_of(self, access_key: str) -> list[Access]:
        """What an operator with that access key would have needed permission for."""
        return self._iam.needs_of(access_key)

    def reset(self) -> None:
        """Empties the cloud, as if it had just been started."""
        self.settle()
        self._pool.end_all()
        self._pool.log_settings.clear()
        self._backends.reset()
        self.batch.clear()
        self.stacks.clear()
        self.trail.on = False
        self._registry.clear()
        self._iam.clear()
        self.events.history.clear()
        self.subscriptions.clear()
        self.faults.clear()

    def _set_environment(self) -> None:
        # moto reads the account from the environment at each request.
        for name, value in {"MOTO_ACCOUNT_ID": self.account}.items():
            self._environment[name] = os.environ.get(name)
            os.environ[name] = value
