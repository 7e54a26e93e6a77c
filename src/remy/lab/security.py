"""Who may ask the lab: only the person whose terminal shows its address, from a page of the lab itself.

A server on this machine can be reached by every page that a browser shows, and by everybody who has an
account here. Four checks keep them out: the Host (a foreign name that was made to point at this machine), the
Origin and Sec-Fetch-Site (a foreign page that asks), and the token.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from remy.lab.replies import is_api, said

#: Nothing comes from elsewhere and nothing runs that is not a file of the page.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "frame-src 'self' blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)

#: What every response carries.
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

#: What a person sees who has no cookie.
LOCKED_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Remy's lab</title>
<h1>Remy's lab</h1>
<p>Open the address that the terminal shows: it carries the key to this lab.</p>
</html>
"""

_NO_TOKEN = "the lab: expected its token; open the address that the terminal shows"


class Guard:
    """Refuses whoever may not ask, and puts the protecting headers on every response.

    It buffers nothing: streams of events pass as they come.

    Parameters
    ----------
    app
        What answers those who may.
    token
        The key; see :mod:`remy.lab.tokens`.
    port
        The port of this machine at which the lab is.
    """

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._cookie = f"remy-lab-{port}"
        names = ("127.0.0.1", "localhost", "[::1]")
        # Browsers leave out the port of the scheme.
        self._hosts = {f"{name}:{port}" for name in names} | (set(names) if port == 80 else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        answer = self._refusal(scope) or self._admission(scope)
        await (answer or self._app)(scope, receive, send_protected)

    def _refusal(self, scope: Scope) -> Response | None:
        """Answer a request that did not come from this machine's own page."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            expected, found = ", ".join(sorted(self._hosts)), ", ".join(hosts) or "none"
            return said(421, f"the lab: expected one of the hosts {expected}, got {found}")
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"http://{hosts[0].lower()}":
            return said(403, f"the lab: expected a request from its own page, got one from {origin}")
        site = headers.get("sec-fetch-site", "same-origin")
        asks = scope["method"] not in ("GET", "HEAD") or is_api(scope)
        # A page at another port of this machine is of the same site, but not of the same origin.
        if asks and site not in ("same-origin", "none"):
            return said(403, f"the lab: expected a request from its own page, got one from a {site} page")
        return None

    def _admission(self, scope: Scope) -> Response | None:
        """Answer a request without the token, and the one that brings it in its address."""
        query = _query(scope) if scope["path"] == "/" and scope["method"] == "GET" else []
        brought = [value for name, value in query if name == "token"]
        if brought:
            if not all(self._is_token(each) for each in brought):
                return self._locked(scope)
            rest = urlencode([pair for pair in query if pair[0] != "token"])
            response = RedirectResponse("/" + (f"?{rest}" if rest else ""), status_code=303)
            response.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
            return response
        headers = Headers(scope=scope)
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._is_token(bearer.strip()):
            return None
        if self._is_token(cookie_parser(headers.get("cookie", "")).get(self._cookie, "")):
            return None
        return self._locked(scope)

    def _is_token(self, word: str) -> bool:
        return hmac.compare_digest(word.encode(), self._token.encode())

    def _locked(self, scope: Scope) -> Response:
        return said(401, _NO_TOKEN) if is_api(scope) else HTMLResponse(LOCKED_PAGE, 401)


def _query(scope: Scope) -> list[tuple[str, str]]:
    try:
        return parse_qsl(scope["query_string"].decode("ascii"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return []
