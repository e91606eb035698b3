//! The README's console examples, run as they stand.

use crate::dsl::{chatkit, file};

#[test]
fn the_readmes_examples_print_what_it_says() {
    trycmd::TestCases::new().case("README.md").run();
}

/// Scenarios are the only YAML there that is a list of rules.
#[test]
fn the_readmes_scenarios_are_sound() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
    let readme = readme.unwrap();
    let blocks = readme.split("```yaml\n").skip(1);
    let scenarios: Vec<_> = blocks
        .map(|block| block.split("```").next().unwrap())
        .filter(|block| block.starts_with("- when:"))
        .collect();
    assert!(!scenarios.is_empty());
    for scenario in scenarios {
        let (_folder, path) = file("readme.yaml", scenario);
        chatkit(["scenario", "check", path.to_str().unwrap()]).code(0);
    }
}
