"""`junit.py REPORT…` holds reports against what Jenkins' xUnit plugin reads, and fails if one departs.

The plugin validates a report before it reads it. The tables say what its schema `junit-10.xsd`
allows: for each element, its attributes, those that are required, and its children.
"""

import re
import sys

from lxml import etree

SUITE = {"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname"}
SUITE |= {"id", "package", "file", "log", "url", "version"}
OUTPUT = {"system-out", "system-err"}
RERUN = {"rerunFailure", "rerunError", "flakyFailure", "flakyError"}

# Attributes, which of them are required, children, and whether text may stand in it.
ELEMENTS = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, set(), {"testsuite"}, False),
    "testsuite": (SUITE, {"name", "tests", "failures", "errors"}, {"testsuite", "properties", "testcase"} | OUTPUT, False),
    "properties": (set(), set(), {"property"}, False),
    "property": ({"name", "value"}, {"name", "value"}, set(), False),
    "testcase": ({"name", "time", "classname", "group"}, {"name"}, {"skipped", "error", "failure"} | RERUN | OUTPUT, False),
    "failure": ({"type", "message"}, set(), set(), True),
    "error": ({"type", "message"}, set(), set(), True),
    "skipped": ({"type", "message"}, set(), set(), True),
    "system-out": (set(), set(), set(), True),
    "system-err": (set(), set(), set(), True),
}
ELEMENTS |= {name: ({"type", "message"}, {"type"}, {"stackTrace"} | OUTPUT, True) for name in RERUN}
ELEMENTS["stackTrace"] = (set(), set(), set(), True)

# Of suites: at most three digits stand behind the point, and a thousand has its comma or none.
TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?")


def faults(element: etree._Element):
    """What of an element the plugin would not read."""
    name = element.tag
    if name not in ELEMENTS:
        yield f"line {element.sourceline}: no element is called {name}"
        return
    known, required, children, has_text = ELEMENTS[name]
    at = f"line {element.sourceline}: {name}"
    given = set(element.attrib)
    for attribute in sorted(given - known):
        yield f"{at} has no attribute {attribute}"
    for attribute in sorted(required - given):
        yield f"{at} needs the attribute {attribute}"
    if name in ("testsuite", "testsuites") and not TIME.fullmatch(element.get("time", "0")):
        yield f"{at} has the time {element.get('time')}"
    texts = [element.text, *(child.tail for child in element)]
    if not has_text and any((text or "").strip() for text in texts):
        yield f"{at} holds text"
    for child in element:
        if child.tag not in children:
            yield f"{at} holds a {child.tag}"
        yield from faults(child)


def main() -> None:
    for path in sys.argv[1:]:
        root = etree.parse(path).getroot()
        found = list(faults(root))
        assert root.tag in ("testsuites", "testsuite"), root.tag
        assert not found, "\n".join(found)
        assert root.findall(".//testcase"), f"{path} has no test"
        print(f"valid: {path}")
    # A judge that takes everything would be none.
    wrong = "<testsuites><testsuite name='a' tests='1' failures='0' errors='0' time='1.2345'><testcase><oops/></testcase></testsuite></testsuites>"
    assert len(list(faults(etree.fromstring(wrong)))) == 4


if __name__ == "__main__":
    main()
