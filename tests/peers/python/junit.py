"""`junit.py SCHEMA REPORT…` says of each report whether the schema takes it, and fails if it does not."""

import sys

from lxml import etree


def main() -> None:
    schema = etree.XMLSchema(etree.parse(sys.argv[1]))
    for path in sys.argv[2:]:
        schema.assertValid(etree.parse(path))
        print(f"valid: {path}")


if __name__ == "__main__":
    main()
