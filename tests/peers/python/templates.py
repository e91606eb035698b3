"""Fills templates in as the SDK does, for tests/peers/templates.rs.

Reads {"data", "templates"} and prints, for each template, what comes of it.
"""

import copy
import json
import sys

from chatkit.widgets import WidgetTemplate


def filled(template, data):
    definition = {"version": "1.0", "name": "case", "template": template}
    try:
        # A template may change what it is given, and the next one is to find it as it was.
        made = WidgetTemplate(definition).template.render(**copy.deepcopy(data))
        return {"made": made}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


asked = json.load(sys.stdin)
json.dump([filled(template, asked["data"]) for template in asked["templates"]], sys.stdout)
