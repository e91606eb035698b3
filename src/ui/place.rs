//! Where stdout and stderr end up: what goes to one place must not run into one line.

#[cfg(unix)]
use std::os::fd::AsFd;

/// Whether these are one pipe or one file, as after `2>&1`.
#[cfg(unix)]
pub fn is_one_file(out: &impl AsFd, err: &impl AsFd) -> bool {
    let out = identity(out);
    out.is_some() && out == identity(err)
}

/// Nobody can tell here.
#[cfg(not(unix))]
pub fn is_one_file<Out, Err>(_: &Out, _: &Err) -> bool {
    false
}

/// What tells a pipe or a file from all others; none for a device, such as `/dev/null`.
#[cfg(unix)]
fn identity(stream: &impl AsFd) -> Option<(u64, u64)> {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};

    let copy = stream.as_fd().try_clone_to_owned().ok()?;
    let there = std::fs::File::from(copy).metadata().ok()?;
    let is_device = there.file_type().is_char_device();
    (!is_device).then(|| (there.dev(), there.ino()))
}
