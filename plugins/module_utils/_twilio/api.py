# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and writing Twilio objects by their descriptors, on the official SDK's client. Private to this collection.

This is where a write whose outcome is unknown is settled: the object is looked up by its identity, and only if it is
not there is the write made again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .errors import AmbiguousError, ApiError, OutcomeUnknownError, RefusedError, TwilioError, UnsettledError
from .http import HttpClient
from .resource import Record, Resource, same

Page = list[Record]

LOOKS = 2  # how often to look for an object whose creation may have happened, before creating it again
FRESH_TRIES = 5  # how often to ask again for an object that was just created and is not known everywhere yet
NOT_FOUND = 20404
SETTLE_PAUSE = 5.0  # longest pause in seconds between two looks at something that changes by itself


def matches(record: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Return whether ``record`` has all the wanted values."""
    return all(same(record.get(name), value) for name, value in wanted.items())


def _name(resource: Resource, record: Mapping[str, Any]) -> str:
    """Return what people call an object."""
    return str(next((record[name] for name in resource.identity if record.get(name)), record.get(resource.handle)))


class Api:
    """Create, read, update and delete by descriptor.

    Args:
        client: the SDK's client; it adds credentials, edge and region.
        http: the HTTP client under it, for waiting and counting.
        account_sid: fills the paths of the 2010-04-01 API.
        permissions: what the user explicitly allowed (``purchase``, ``release``).
    """

    def __init__(self, client: Any, http: HttpClient, account_sid: str, permissions: Iterable[str] = ()) -> None:
        self._client = client
        self._http = http
        self._account_sid = account_sid
        self._permissions = frozenset(permissions)
        self._fresh: set[str] = set()

    @property
    def requests_sent(self) -> int:
        """Requests sent so far, each retry counted."""
        return self._http.requests_sent

    def fetch(self, resource: Resource, sid: str = "", parent: str = "") -> Record | None:
        """Return one object, or None if there is none."""
        url = resource.url(self._account_sid, parent, sid)
        try:
            raw = self._exchange("GET", url)
        except ApiError as error:
            # Without Twilio's own code it is some other server's 404, which says nothing about the object.
            if error.status == 404 and error.code == NOT_FOUND:
                return None
            raise
        if not resource.shown_by(raw):
            raise TwilioError(f"The answer to GET {url} is not a {resource.label}: is base_url right?")
        return resource.read(raw)

    def list(self, resource: Resource, parent: str = "", filters: Mapping[str, str] | None = None) -> list[Record]:
        """Return all objects, in Twilio's order, each once even if the list changes between two pages.

        Args:
            resource: what to list.
            parent: SID of what they belong to.
            filters: query parameters that select, in Twilio's spelling.
        """
        found: dict[str, Record] = {}
        for page in self.pages(resource, parent, filters):
            for record in page:
                found.setdefault(str(record[resource.handle]), record)
        return [*found.values()]

    def pages(
        self, resource: Resource, parent: str = "", filters: Mapping[str, str] | None = None, size: int | None = None
    ) -> Iterator[Page]:
        """Yield the pages of a list, each by one request that is sent only when the page is asked for.

        Args:
            resource: what to list.
            parent: SID of what they belong to.
            filters: query parameters that select, in Twilio's spelling.
            size: how many to ask for in one page, if that is less than the largest page. None is the largest page.
        """
        url: str | None = resource.url(self._account_sid, parent)
        size = min(resource.page_size, size or resource.page_size)
        params: dict[str, str] | None = {"PageSize": str(size), **(filters or {})}
        seen: set[str] = set()
        while url:
            if url in seen:
                raise TwilioError(f"The list of {resource.label}s pages in a circle at {url.partition('?')[0]}.")
            seen.add(url)
            page = self._exchange("GET", url, params=params)
            params = None  # the URL of the next page has them
            items = page.get(resource.key)
            if not isinstance(items, list):
                raise TwilioError(f"The list of {resource.label}s has no {resource.key!r}: is base_url right?")
            yield [resource.read(raw) for raw in items]
            following = page["meta"].get("next_page_url") if "meta" in page else page.get("next_page_uri")
            url = (
                f"https://{resource.product}.twilio.com{following}"
                if str(following or "").startswith("/")
                else following
            )

    def create(
        self, resource: Resource, values: Mapping[str, Any], match: Mapping[str, Any], parent: str = ""
    ) -> Record:
        """Create an object and return it, exactly once even if answers get lost.

        Args:
            resource: what to create.
            values: its fields.
            match: the values that identify it; nothing in the account had them before.
            parent: SID of what it belongs to.

        Raises:
            ApiError: it was refused; if an earlier answer was lost, that is the cause (and it may exist after all).
        """
        self._permit(resource, "create")
        url = resource.url(self._account_sid, parent)
        lost: OutcomeUnknownError | None = None
        attempt = 0
        while True:
            try:
                record = self._write(resource, url, values)
                break
            except (OutcomeUnknownError, ApiError) as error:
                if isinstance(error, OutcomeUnknownError):
                    lost = error
                elif lost is None:
                    raise
                # After a lost answer even a refusal ("the name is taken") may mean that our first try arrived late.
                found = self._look_for(resource, match, parent)
                if found is not None and not resource.secret:
                    record = found
                    break
                if found is not None:
                    # Its secret was in the lost answer, so nobody can use it: make way for one whose secret is known.
                    self.delete(resource, str(found[resource.handle]), parent)
                if isinstance(error, ApiError):
                    raise error from lost
                if attempt >= self._http.policy.retries:
                    raise
                attempt += 1
        self._fresh.add(str(record[resource.handle]))
        return record

    def update_together(self, resource: Resource, members: Sequence[Mapping[str, Any]]) -> None:
        """Update members of a list by one request.

        Args:
            resource: what they are; it has a ``bulk``.
            members: their handles and all their updatable fields.
        """
        if resource.bulk is None:
            raise ValueError(f"a {resource.label} is updated by itself")
        url = f"https://{resource.product}.twilio.com{resource.bulk.path}"
        attempt = 0
        while True:
            try:
                answer = self._exchange("POST", url, data=resource.bulk.encode(members))
                updated = answer.get(resource.bulk.count)
                if updated == len(members):
                    return
                raise OutcomeUnknownError("POST", url, f"{updated or 0} of {len(members)} were updated")
            except OutcomeUnknownError:
                known = {record[resource.handle]: record for record in self.list(resource)}
                if all(matches(known.get(member[resource.handle], {}), member) for member in members):
                    return
                if attempt >= self._http.policy.retries:
                    raise
            self._pause(attempt)
            attempt += 1

    def settle(self, resource: Resource, sids: Sequence[str], patience: float) -> dict[str, Record]:
        """Wait until objects have stopped changing by themselves, and return them as they then are.

        Args:
            resource: what they are; it has a ``settling``.
            sids: which ones.
            patience: seconds to wait in all.

        Raises:
            UnsettledError: one failed, or the time is over.
        """
        settling = resource.settling
        if settling is None:
            raise ValueError(f"a {resource.label} does not change by itself")

        waited, attempt = 0.0, 0
        seen: dict[str, Record] = {}
        while True:
            unseen = [sid for sid in sids if sid not in seen or settling.unsettled(seen[sid])]
            seen.update(self._look_at(resource, unseen))
            for record in seen.values():
                state = str(record.get(settling.field))
                if state in settling.failed:
                    raise UnsettledError(resource.label, _name(resource, record), state, settling.failed[state])
            unsettled = [record for record in seen.values() if settling.unsettled(record)]
            if not unsettled:
                return seen
            if waited >= patience:
                remedy = f"It has taken more than {patience:g} s, and may still succeed: run the task again later."
                raise UnsettledError(resource.label, _name(resource, unsettled[0]), None, remedy)
            pause = min(2.0**attempt, SETTLE_PAUSE)
            self._http.sleep(pause)
            waited += pause
            attempt += 1

    def _look_at(self, resource: Resource, sids: Sequence[str]) -> dict[str, Record]:
        """Return objects by their SIDs, by one request; one that is gone is an empty record."""
        if len(sids) == 1:
            return {sids[0]: self.fetch(resource, sids[0]) or {}}
        listed = {str(record[resource.handle]): record for record in self.list(resource)}
        return {sid: listed.get(sid, {}) for sid in sids}

    def update(self, resource: Resource, sid: str, values: Mapping[str, Any], parent: str = "") -> Record:
        """Change some fields of an object and return it as it then is."""
        url = resource.url(self._account_sid, parent, sid)
        attempt = 0
        while True:
            try:
                return self._write(resource, url, values)
            except OutcomeUnknownError:
                current = self.fetch(resource, sid, parent)
                # What failed before may be as wanted because it failed: then nobody can tell whether it is under way.
                stuck = resource.settling and (current or {}).get(resource.settling.field) in resource.settling.failed
                # What is never returned (a password) never matches: it is sent again, which does no harm.
                if current is not None and not stuck and matches(current, values):
                    return current
                if current is None or attempt >= self._http.policy.retries:
                    raise
            self._pause(attempt)
            attempt += 1

    def delete(self, resource: Resource, sid: str, parent: str = "") -> None:
        """Delete an object; if it is gone already, that is just as well."""
        self._permit(resource, "delete")
        url = resource.url(self._account_sid, parent, sid)
        attempt = 0
        while True:
            try:
                self._exchange("DELETE", url)
                return
            except ApiError as error:
                if error.status == 404 and error.code == NOT_FOUND:
                    return
                raise
            except OutcomeUnknownError:
                if self.fetch(resource, sid, parent) is None:
                    return
                if attempt >= self._http.policy.retries:
                    raise
            self._pause(attempt)
            attempt += 1

    def _write(self, resource: Resource, url: str, values: Mapping[str, Any]) -> Record:
        raw = self._exchange("POST", url, data=resource.form(values))
        if not resource.shown_by(raw):
            raise OutcomeUnknownError("POST", url, f"the answer is not a {resource.label}")
        record = resource.read(raw)
        if resource.secret and raw.get(resource.secret):
            record[resource.secret] = raw[resource.secret]
        return record

    def _permit(self, resource: Resource, verb: str) -> None:
        permission = resource.guards.get(verb)
        if permission is not None and permission not in self._permissions:
            raise RefusedError(f"To {verb} a {resource.label} needs {permission}: true. Nothing was sent.")

    def _look_for(self, resource: Resource, match: Mapping[str, Any], parent: str) -> Record | None:
        """Return the object with the identity, looking more than once because lists lag behind creations."""
        for look in range(LOOKS):
            if look:
                self._pause(look)
            found = [record for record in self.list(resource, parent) if matches(record, match)]
            if len(found) > 1:
                raise AmbiguousError(
                    resource.label,
                    ", ".join(map(str, match.values())),
                    (str(record[resource.handle]) for record in found),
                )
            if found:
                return found[0]
        return None

    def _pause(self, attempt: int) -> None:
        self._http.sleep(self._http.policy.wait(attempt, None, self._http.jitter()))

    def _exchange(
        self, method: str, url: str, params: Mapping[str, Any] | None = None, data: Mapping[str, str] | None = None
    ) -> Record:
        """Send one request and return the decoded body, asking again while a fresh object is not known everywhere."""
        path = url.partition("?")[0]
        concerned = {*path[: -len(".json") if path.endswith(".json") else None].split("/"), *(data or {}).values()}
        fresh = method != "DELETE" and not self._fresh.isdisjoint(concerned)
        for attempt in range(FRESH_TRIES):
            response = self._client.request(method, url, params=params, data=data)
            if response.status_code == 404 and fresh and attempt < FRESH_TRIES - 1:
                self._pause(attempt)
                continue
            break
        if not 200 <= response.status_code < 300:
            raise self._refusal(method, url.partition("?")[0], response)
        body: Record = json.loads(response.text) if response.text and method != "DELETE" else {}
        return body

    @staticmethod
    def _refusal(method: str, url: str, response: Any) -> ApiError:
        """Read an error body: Twilio's own shape, or RFC 9457's problem details, or anything else."""
        try:
            body = json.loads(response.text)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return ApiError(method, url, response.status_code, None, message=" ".join(str(response.text).split())[:200])
        code = body.get("code")
        details = [str(item.get("detail")) for item in body.get("errors") or [] if isinstance(item, dict)]
        message = body.get("message") or ". ".join(filter(None, [body.get("title"), body.get("detail"), *details]))
        return ApiError(
            method,
            url,
            response.status_code,
            int(str(code)) if str(code).isdigit() else None,
            message=str(message),
            more_info=body.get("more_info") or body.get("type"),
        )
