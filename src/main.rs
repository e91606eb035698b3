//! Parses, hands over, and maps the outcome to an exit code.

fn main() {}
