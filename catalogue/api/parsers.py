"""What request bodies are read with."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from catalogue.json_values import check_json


class FlatJSONParser(JSONParser):
    """JSON; what Python reads and no answer could repeat is the sender's error and not ours."""

    def parse(self, *args, **kwargs) -> Any:
        try:
            found = super().parse(*args, **kwargs)
            check_json(found)
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error
        return found
