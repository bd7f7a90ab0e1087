"""The local cloud as a value: start it, point AWS clients at it, deploy to it, wait for it."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from local.backends import Backends
from local.cloudwatch.dashboards import GlobalServices
from local.constraints import check_call
from local.faults import Faults
from local.functions.spawner import Spawner
from local.http import Request
from local.iam.calls import Call, Iam
from local.iam.policy import Access
from local.layer import Layer, Service
from local.region import Region
from local.server import Server
from local.work import Work

if TYPE_CHECKING:
    pass

ACCESS_KEY, SECRET_KEY = "local", "local"
ACCOUNT, REGION = "123456789012", "ap-southeast-2"
# What is still under way after so long will never end.
_HANGING_SECONDS = 600.0


class Cloud:
    """One account. moto keeps its memory per process, so there is one Cloud at a time.

    ``region`` is the one that ``client`` and ``local.deploy`` take unless told otherwise. ``batch``, ``ecr``,
    ``events``, ``metrics``, ``scans``, ``subscriptions`` and ``trail`` are its services; ``in_region`` has
    those of the others. ``time_factor`` scales every wait: at 0.01 Lambda's minute takes 0.6 s.

    >>> with Cloud() as cloud:  # doctest: +SKIP
    ...     deploy_program(cloud, "dev")
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
        self.work = Work(time_factor=time_factor)
        # What the states of the stacks that were deployed here say of each resource, by URN.
        self.deployed: dict[str, Any] = {}
        self._port = port
        self._clients: dict[tuple[str, str], Any] = {}
        self._directory = Path(tempfile.mkdtemp(prefix="local-cloud-"))
        self._backends = Backends(account=account)
        self._spawner = Spawner()
        self._regions: dict[str, Region] = {}
        self._lock = threading.Lock()
        self._iam = Iam(
            self._backends,
            next_revision=lambda region, name: self.in_region(region).batch.next_revision(name),
            enhanced_scanning=lambda region: self.in_region(region).scans.enhanced,
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
        self._global = GlobalServices(self._layer.forward, region=self.region)
        home = self.in_region(self.region)
        self.batch = home.batch
        self.ecr = home.ecr
        self.events = home.events
        self.metrics = home.metrics
        self.scans = home.scans
        self.subscriptions = home.subscriptions
        self.trail = home.trail
        self._layer.find = self._service
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends every process and thread of the cloud."""
        self.faults.clear()
        self.work.close()
        for region in self._regions.values():
            region.close()
        self._spawner.close()
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

    def in_region(self, name: str) -> Region:
        """What the cloud keeps for one region, which is empty until somebody goes there."""
        with self._lock:
            if name not in self._regions:
                self._regions[name] = Region(
                    name,
                    backends=self._backends,
                    iam=self._iam,
                    work=self.work,
                    faults=self.faults,
                    forward=self._layer.forward,
                    spawner=self._spawner,
                    endpoint=self.endpoint,
                    directory=self._directory,
                )
            return self._regions[name]

    def _service(self, request: Request) -> Service | None:
        return self._global.of(request) or self.in_region(request.region).services.get(request.service)

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client of the operator, who may do everything that AWS takes (local/constraints.py)."""
        where = (service, region or self.region)
        if where not in self._clients:
            import boto3  # noqa: PLC0415 - slow to import
            from botocore.config import Config  # noqa: PLC0415

            client = boto3.session.Session().client(
                service,
                endpoint_url=self.endpoint,
                region_name=where[1],
                aws_access_key_id=ACCESS_KEY,
                aws_secret_access_key=SECRET_KEY,
                config=Config(read_timeout=_HANGING_SECONDS),
            )
            client.meta.events.register("before-parameter-build", check_call)
            self._clients[where] = client
        return self._clients[where]

    def settle(self) -> None:
        """Returns once no delivery, invocation or retry is under way; raises as Work.settle."""
        self.work.settle(_HANGING_SECONDS)

    def tick(self, rule_name: str) -> dict[str, Any]:
        """Lets the schedule of a rule fire once."""
        return self.events.tick(rule_name)

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
        self._backends.reset()
        for region in self._regions.values():
            region.clear()
        self._iam.clear()
        self.deployed.clear()
        self.faults.clear()

    def _set_environment(self) -> None:
        # moto reads the account from the environment at each request.
        for name, value in {"MOTO_ACCOUNT_ID": self.account}.items():
            self._environment[name] = os.environ.get(name)
            os.environ[name] = value
