"""Every error that the function raises on purpose.

UpdaterError
├── SettingsError              the function's environment is incomplete or malformed
├── EventError                 the event is not one that the function accepts
├── PolicyError                an image policy that cannot be used
├── RequirementError           a gate's requirement that cannot be used
├── AwsError                   an AWS API call failed
│   ├── AccessDenied           ... because the function's role does not allow it
│   ├── MalformedAnswer        ... or answered with something that cannot be read
│   ├── RegistrationRefused    Batch finds fault with the document that was sent
│   └── RegistrationUnclear    RegisterJobDefinition may or may not have taken effect
├── ImageError
│   ├── ImageNotFound          ECR does not hold the image that the policy asks for
│   └── RepositoryNotFound     ECR does not know the repository
├── GateError                  whether the image may be rolled out cannot be told
│   ├── ScanningOff            ECR does not scan the repository's images
│   ├── ScanFailed             ECR tried to scan the image and could not
│   └── ScanOverdue            the scan has not come in time
├── DefinitionError            one job definition cannot be updated
│   ├── DefinitionNotFound     Batch knows no revision of it at all
│   ├── NoActiveRevision       all of its revisions are INACTIVE
│   ├── NoRepositoryContainer  none of its containers uses the pair's repository
│   ├── DefinitionTooLarge     the new revision would break a limit of AWS Batch
│   └── TooManyTags            no room is left for the tags that must be written
├── ConflictError              another writer kept interfering; nothing is known to be wrong
│   ├── RevisionConflict       somebody registered a revision between our read and our write
│   ├── ImageMoved             the selected image changed while the revision was registered
│   └── StaleRead              Batch or ECR does not show yet what it is known to hold
├── DeadlineNear               the function's timeout is too close to go on
├── NoticesLost                outcomes were not published, which is all that went wrong with them
└── UpdateFailed               at least one job definition was not brought to the selected image

Each says what was wrong and where (the message) and what to do about it (``remedy``); ``str()``
gives both, since that is what reaches the log and the failure queue.
"""

from __future__ import annotations


class UpdaterError(Exception):
    """The root of the tree.

    >>> print(UpdaterError("no such thing", remedy="make one"))
    no such thing. Remedy: make one.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        self.message = message.rstrip(".")
        self.remedy = remedy.rstrip(".")
        super().__init__(self.message + (f". Remedy: {self.remedy}." if remedy else "."))


class SettingsError(UpdaterError):
    """The function's environment is incomplete or malformed."""


class EventError(UpdaterError):
    """The event is not one that the function accepts."""


class PolicyError(UpdaterError):
    """An image policy that cannot be used."""


class RequirementError(UpdaterError):
    """A gate's requirement that cannot be used."""


class AwsError(UpdaterError):
    """An AWS API call failed; the message holds the operation, the resource and AWS's own words.

    ``action`` is the call as IAM spells it, where one call is to blame; ``code`` and ``status`` are AWS's
    error code and HTTP status, "" and 0 where there was no answer; ``cause`` is the SDK's own exception.
    """

    def __init__(
        self,
        message: str,
        *,
        remedy: str = "",
        action: str = "",
        code: str = "",
        status: int = 0,
        cause: Exception | None = None,
    ) -> None:
        self.action, self.code, self.status, self.cause = action, code, status, cause
        super().__init__(message, remedy=remedy)


class AccessDenied(AwsError):
    """The function's role does not allow the call."""


class MalformedAnswer(AwsError):
    """AWS, or something between AWS and the function, answered with something unreadable."""

    def __init__(self, message: str, *, action: str = "", cause: Exception | None = None) -> None:
        super().__init__(
            message,
            remedy="none if it happened once; otherwise look for a proxy between the function and AWS",
            action=action,
            cause=cause,
        )


class RegistrationRefused(AwsError):
    """Batch finds fault with the document; the message names its keys that the SDK does not know."""


class RegistrationUnclear(AwsError):
    """RegisterJobDefinition failed in a way that does not tell whether it took effect.

    There is no client token, so the call is not repeated blindly: the run reads again and decides anew.
    """


class ImageError(UpdaterError):
    """ECR does not hold what the pair's image policy asks for."""


class ImageNotFound(ImageError):
    """No image that the policy could select is in the repository."""


class RepositoryNotFound(ImageError):
    """ECR does not know the repository."""


class GateError(UpdaterError):
    """Whether the image may be rolled out cannot be told, and a person has to see to it."""


class ScanningOff(GateError):
    """ECR does not scan the repository's images."""


class ScanFailed(GateError):
    """ECR tried to scan the image and could not."""


class ScanOverdue(GateError):
    """The scan has not come in time."""


class DefinitionError(UpdaterError):
    """One job definition cannot be updated."""


class DefinitionNotFound(DefinitionError):
    """AWS Batch knows no revision of the job definition."""


class NoActiveRevision(DefinitionError):
    """All revisions of the job definition are INACTIVE."""


class NoRepositoryContainer(DefinitionError):
    """None of the job definition's containers uses an image of the pair's repository."""


class DefinitionTooLarge(DefinitionError):
    """The new revision would break a limit of AWS Batch on its size or on an image reference."""


class TooManyTags(DefinitionError):
    """The user's tags leave no room for the tags that must be written."""


class ConflictError(UpdaterError):
    """Another writer kept interfering. Nothing is known to be wrong; a later run will see."""


class RevisionConflict(ConflictError):
    """Somebody registered a revision between the run's read and its write, again and again."""


class ImageMoved(ConflictError):
    """The selected image changed while revisions were registered, again and again."""


class StaleRead(ConflictError):
    """Batch does not show yet a revision that it has already assigned."""


class DeadlineNear(UpdaterError):
    """The function's timeout is too close to begin another step."""


class NoticesLost(UpdaterError):
    """Outcomes were not published. They stand, and are in the log: a retry does not repeat them."""


class UpdateFailed(UpdaterError):
    """At least one job definition was not brought to the selected image; lists each with its error."""
