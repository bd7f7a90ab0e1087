"""Amazon ECR: repositories and their lifecycle policies."""

from __future__ import annotations

from typing import Any

from local.inputs import Inputs
from local.provider.calls import described, retag, standing, tag_list, tagged, unless_gone
from local.provider.kind import NOTHING, Kind, Place, Properties, State


def _create_repository(place: Place, inputs: Inputs) -> State:
    name, tags = inputs.get("name"), tag_list(inputs.get("tags"))
    mutability, scanning = _mutability(inputs), _scanning(inputs)
    inputs.get("forceDelete")
    inputs.done()
    place.client("ecr").create_repository(
        repositoryName=name, tags=tags, imageScanningConfiguration=scanning, **mutability
    )
    return standing(_read_repository, place, name, inputs)


def _mutability(inputs: Inputs) -> dict[str, Any]:
    filters = inputs.get("imageTagMutabilityExclusionFilters")
    return {
        "imageTagMutability": inputs.get("imageTagMutability", "MUTABLE"),
        **({"imageTagMutabilityExclusionFilters": filters} if filters else {}),
    }


def _scanning(inputs: Inputs) -> dict[str, bool]:
    return {"scanOnPush": bool((inputs.get("imageScanningConfiguration") or {}).get("scanOnPush", False))}


def _read_repository(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    ecr = place.client("ecr")
    found = unless_gone(ecr.describe_repositories, repositoryNames=[identity])
    if found is None:
        return None
    repository = found["repositories"][0]
    told = {
        "name": repository["repositoryName"],
        "arn": repository["repositoryArn"],
        "registryId": repository["registryId"],
        "repositoryUrl": repository["repositoryUri"],
        "forceDelete": known.get("forceDelete"),
        "imageTagMutability": repository["imageTagMutability"],
        "imageTagMutabilityExclusionFilters": repository.get("imageTagMutabilityExclusionFilters"),
        "imageScanningConfiguration": repository["imageScanningConfiguration"],
        **tagged(ecr.list_tags_for_resource(resourceArn=repository["repositoryArn"])["tags"]),
    }
    return described(identity, told, place=place, known=known)


def _update_repository(place: Place, state: State, inputs: Inputs) -> State:
    ecr, name = place.client("ecr"), state.id
    arn = place.arn("ecr", f"repository/{name}")
    inputs.call(name="name", force="forceDelete")
    mutability, scanning, tags = _mutability(inputs), _scanning(inputs), inputs.get("tags")
    inputs.done()
    old = Inputs(state.properties)
    if mutability != _mutability(old):
        ecr.put_image_tag_mutability(repositoryName=name, **mutability)
    if scanning != _scanning(old):
        ecr.put_image_scanning_configuration(repositoryName=name, imageScanningConfiguration=scanning)
    retag(
        state.properties,
        tags,
        put=lambda pairs: ecr.tag_resource(resourceArn=arn, tags=tag_list(pairs)),
        remove=lambda keys: ecr.untag_resource(resourceArn=arn, tagKeys=keys),
    )
    return standing(_read_repository, place, name, inputs)


def _delete_repository(place: Place, state: State) -> None:
    """ECR refuses while there are images, unless the program said that they go with it."""
    force = bool(state.properties.get("forceDelete"))
    unless_gone(place.client("ecr").delete_repository, repositoryName=state.id, force=force)


def _put_policy(place: Place, inputs: Inputs) -> State:
    repository, policy = inputs.get("repository"), inputs.get("policy")
    inputs.done()
    place.client("ecr").put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=policy)
    return standing(_read_policy, place, repository, inputs)


def _read_policy(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    found = unless_gone(place.client("ecr").get_lifecycle_policy, repositoryName=identity)
    if found is None:
        return None
    told = {
        "repository": found["repositoryName"],
        "policy": found["lifecyclePolicyText"],
        "registryId": found["registryId"],
    }
    return described(identity, told, place=place, known=known)


def _delete_policy(place: Place, state: State) -> None:
    unless_gone(place.client("ecr").delete_lifecycle_policy, repositoryName=state.id)


KINDS = (
    Kind(
        token="aws:ecr/repository:Repository",
        create=_create_repository,
        read=_read_repository,
        update=_update_repository,
        delete=_delete_repository,
    ),
    Kind(
        token="aws:ecr/lifecyclePolicy:LifecyclePolicy",
        create=_put_policy,
        read=_read_policy,
        update=lambda place, _state, inputs: _put_policy(place, inputs),
        delete=_delete_policy,
        named="",
        fixed=frozenset({"repository"}),
        documents=frozenset({"policy"}),
    ),
)
