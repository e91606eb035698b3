//! The manual.

use crate::dsl::chatkit;

#[test]
fn the_top_page_goes_to_stdout() {
    chatkit(["man"]).stdout_has(".TH chatkit 1").code(0);
}

#[test]
fn every_subcommand_has_a_page_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("man1");
    chatkit(["man", "--out", path.to_str().unwrap()])
        .stdout("")
        .code(0);
    for page in [
        "chatkit",
        "chatkit-send",
        "chatkit-thread-list",
        "chatkit-session-create",
    ] {
        assert!(path.join(format!("{page}.1")).is_file(), "{page}");
    }
}
