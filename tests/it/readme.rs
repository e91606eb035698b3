//! The README's console examples, run as they stand.

#[test]
fn the_readmes_examples_print_what_it_says() {
    trycmd::TestCases::new().case("README.md").run();
}
