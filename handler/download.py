"""The bytes behind a URL that ECR hands out: presigned, so without credentials."""

from __future__ import annotations

from botocore.awsrequest import AWSRequest
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

_SECONDS = 10


def download(url: str) -> bytes:
    """GETs ``url``, through the proxies and with the certificates that botocore's clients use.

    AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html. Raises botocore's HTTPClientError.
    """
    request = AWSRequest(method="GET", url=url).prepare()
    answer = URLLib3Session(timeout=_SECONDS, proxies=get_environ_proxies(url)).send(request)
    if answer.status_code != 200:
        raise HTTPClientError(error=f"GET {url.partition('?')[0]} answered {answer.status_code}")
    content: bytes = answer.content
    return content
