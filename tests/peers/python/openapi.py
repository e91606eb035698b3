"""`openapi.py URL` says whether the document there is OpenAPI, and fails if it is not."""

import json
import sys
import urllib.request

from openapi_spec_validator import OpenAPIV31SpecValidator


def main() -> None:
    with urllib.request.urlopen(sys.argv[1]) as answer:
        document = json.load(answer)
    assert document["openapi"].startswith("3.1."), document["openapi"]
    faults = [f"{fault.json_path}: {fault.message}" for fault in OpenAPIV31SpecValidator(document).iter_errors()]
    assert not faults, "\n".join(faults)
    # A judge that takes everything would be none.
    del document["info"]
    assert list(OpenAPIV31SpecValidator(document).iter_errors())


if __name__ == "__main__":
    main()
