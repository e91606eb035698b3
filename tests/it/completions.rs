//! The completions that are checked in are those that the binary writes.

use crate::dsl::chatkit;

#[test]
fn the_completions_that_are_checked_in_are_up_to_date() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/completions");
    for (shell, name) in [
        ("bash", "chatkit.bash"),
        ("zsh", "_chatkit"),
        ("fish", "chatkit.fish"),
        ("powershell", "_chatkit.ps1"),
        ("elvish", "chatkit.elv"),
    ] {
        let written = chatkit(["completions", shell]).code(0).stdout;
        let checked_in = std::fs::read_to_string(format!("{folder}/{name}")).unwrap_or_default();
        assert!(
            written == checked_in.replace("\r\n", "\n"),
            "completions/{name} is stale; run: cargo run -- completions {shell} > completions/{name}"
        );
    }
}

#[test]
fn a_shell_that_is_not_known_is_wrong_usage() {
    chatkit(["completions", "tcsh"]).code(2);
}
