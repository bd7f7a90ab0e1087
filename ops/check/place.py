"""Is this the account and the region that the stack lives in?"""

from __future__ import annotations

from collections.abc import Iterator

from components.naming import Place
from ops.check.verdict import Finding, Good, Link, Verdict
from ops.stack import Stack


def judge_place(stack: Stack, place: Place) -> Iterator[Verdict]:
    """Compares with aws:region and aws:allowedAccountIds of the stack, where it sets them."""
    if stack.region is not None and stack.region != place.region:
        yield Finding(
            link=Link.PLACE,
            subject=f"region {place.region}",
            found=f"the stack is deployed to {stack.region}",
            remedy=f"leave out --region, or correct aws:region of stack {stack.name}",
        )
    if stack.accounts and place.account not in stack.accounts:
        yield Finding(
            link=Link.PLACE,
            subject=f"account {place.account}",
            found=f"the stack's aws:allowedAccountIds are {', '.join(stack.accounts)}",
            remedy="use credentials of the stack's account (--profile or AWS_PROFILE); "
            "`aws sts get-caller-identity` shows whose yours are",
        )


def here(place: Place) -> Good:
    """The verdict on the right place."""
    return Good(link=Link.PLACE, subject=f"account {place.account}, region {place.region}")
