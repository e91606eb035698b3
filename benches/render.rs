//! Rendering a long answer as it streams.

fn main() {
    divan::main();
}
