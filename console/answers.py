"""Read generated answers from a file of JSON lines: three shapes, one `Answer`.

* native: ``{"stream_id", "destination", "customer_id", "request_text", "domestic_sources", "mechanisms", "output", …}``;
  all but ``output`` may be left out;
* question and answer: ``{"instruction", "output"}``;
* chat logs: ``{"messages": […]}``, the last assistant message is the answer and the user's text before it the request; or
  ``{"request": {"messages": […]}, "response": {"choices": [{"message": …}]}}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import ConfigurationError
from schemas.records import DomesticSource, Model, RequestOpened


def _encodable(text: str) -> str:
    """Refuse half a surrogate pair: JSON can spell it, UTF-8 and therefore the wire cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half a surrogate pair, which is no text") from None
    return text


Text = Annotated[str, AfterValidator(_encodable)]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a line that does not say otherwise is sent with."""

    destination: str = "SG"
    customer_id: str = "c-feed"
    run: str = "feed"


@dataclass(frozen=True, slots=True)
class Answer:
    """One generated answer to be sent: how its stream opens, and its text."""

    opened: RequestOpened
    output: str

    def renamed(self, stream_id: str) -> Answer:
        """Return the same answer as another stream."""
        return replace(self, opened=replace(self.opened, stream_id=stream_id))


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class _Source(_Line):
    kind: Text = "retrieval"
    text: Text | None = None
    digest: Text | None = None


class _Model(_Line):
    name: Text = "unnamed"
    origin: Text = "CN"
    version: Text = "1"


class _Native(_Line):
    """The native shape; the other two are turned into it first."""

    output: Text
    stream_id: Text | None = Field(default=None, min_length=1)
    destination: Text | None = None
    customer_id: Text | None = None
    end_user_location: Text | None = None
    origin_data_centre: Text = "shantou-1"
    route: Text = "shantou-singapore"
    model: _Model | Text = _Model()
    mechanisms: list[Text] = []
    request_text: Text = ""
    domestic_sources: list[_Source] = []
    packs: list[Text] = []


def content_text(content: Any) -> str:
    """Return the text of an OpenAI message's ``content``: a string, or the joined text parts of a list; anything else is empty."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(part["text"] for part in content if isinstance(part, Mapping) and isinstance(part.get("text"), str))
    return ""


def _user_text(messages: Sequence[Any]) -> str:
    return "\n".join(content_text(message.get("content")) for message in messages if message.get("role") == "user")


def _from_chat(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a chat log into the native fields; keys of the native shape beside it are kept.

    Raises:
        ValueError: There is no assistant message, or a message is no object.
    """
    request, response = fields.get("request"), fields.get("response")
    if isinstance(request, Mapping) and isinstance(response, Mapping):
        messages = list(request.get("messages") or [])
        choices = response.get("choices") or []
        if not choices or not isinstance(choices[0], Mapping) or not isinstance(choices[0].get("message"), Mapping):
            raise ValueError("response.choices[0].message is missing")
        answer = {"role": "assistant", **choices[0]["message"]}
        model = response.get("model") or request.get("model")
    else:
        messages = list(fields["messages"])
        last = max(
            (at for at, message in enumerate(messages) if isinstance(message, Mapping) and message.get("role") == "assistant"), default=-1
        )
        if last < 0:
            raise ValueError("messages holds no assistant message")
        answer, messages, model = messages[last], messages[:last], fields.get("model")
    if not all(isinstance(message, Mapping) for message in messages):
        raise ValueError("a message is no object")
    found: dict[str, Any] = {"output": content_text(answer.get("content")), "request_text": _user_text(messages)}
    if model:
        found["model"] = model
    own = {name: value for name, value in fields.items() if name in _Native.model_fields and name != "output"}
    return {**found, **own}


def native_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of any of the three shapes as the native one.

    Raises:
        ValueError: The line has none of the shapes.
    """
    if "messages" in fields or ("request" in fields and "response" in fields):
        return _from_chat(fields)
    if "output" not in fields:
        raise ValueError("neither output nor messages nor request and response")
    if "instruction" in fields and "request_text" not in fields:
        return {**fields, "request_text": fields["instruction"]}
    return dict(fields)


def parse_line(line: str, number: int, source: str, defaults: Defaults) -> Answer:
    """Read one line.

    Args:
        line: The JSON text.
        number: Its number in the file, from 1; it makes the stream id where the line has none.
        source: Name of the file, for the error.
        defaults: What the line does not say.

    Raises:
        ConfigurationError: The line is none of the three shapes; the message names file, line and field, not the text.
    """
    where = f"{source} line {number}"
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as failure:
        raise ConfigurationError(f"{where} is no JSON: {failure.msg} at column {failure.colno}") from None
    if not isinstance(fields, dict):
        raise ConfigurationError(f"{where} is no JSON object (carnet feed --help lists the shapes)")
    try:
        native = _Native.model_validate(native_fields(fields))
    except ValidationError as failure:
        first = failure.errors(include_url=False, include_input=False, include_context=False)[0]
        raise ConfigurationError(f"{where}, field {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (ValueError, AttributeError, TypeError) as failure:
        reason = str(failure) if type(failure) is ValueError else "its fields have the wrong types"
        raise ConfigurationError(f"{where}: {reason} (carnet feed --help lists the shapes)") from None
    return _answer(native, number, defaults)


def _answer(native: _Native, number: int, defaults: Defaults) -> Answer:
    destination = native.destination or defaults.destination
    model = _Model(name=native.model) if isinstance(native.model, str) else native.model
    opened = RequestOpened(
        stream_id=native.stream_id or f"{defaults.run}-{number:06d}",
        customer_id=native.customer_id or defaults.customer_id,
        destination=destination,
        end_user_location=native.end_user_location or destination,
        origin_data_centre=native.origin_data_centre,
        route=native.route,
        model=Model(model.name, model.origin, model.version),
        mechanisms=tuple(native.mechanisms),
        request_text=native.request_text,
        domestic_sources=tuple(DomesticSource(source.kind, source.text, source.digest) for source in native.domestic_sources),
        packs=tuple(native.packs),
    )
    return Answer(opened, native.output)


def read_answers(path: Path, defaults: Defaults, limit: int | None = None) -> Iterator[Answer]:
    """Yield the answers of a file in order; blank lines are skipped.

    Raises:
        ConfigurationError: The file cannot be read, a line has none of the shapes, or a stream id comes twice.
    """
    seen: set[str] = set()
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if limit is not None and len(seen) >= limit:
                    return
                if not line.strip():
                    continue
                answer = parse_line(line, number, path.name, defaults)
                if answer.opened.stream_id in seen:
                    raise ConfigurationError(
                        f"{path.name} line {number}: stream_id {answer.opened.stream_id} was used above: it must be unique"
                    )
                seen.add(answer.opened.stream_id)
                yield answer
    except OSError as failure:
        raise ConfigurationError(f"{path} cannot be read: {failure.strerror}") from None
    except UnicodeDecodeError as failure:
        raise ConfigurationError(f"{path} is no UTF-8 text (byte {failure.start} of a block): convert it first") from None
