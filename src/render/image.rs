//! An image in words.

/// What is said of an image that is done and has no address.
pub const NONE: &str = "no image came";

/// What the image shows, as far as somebody says it, and where it is.
pub fn in_words(alt: Option<&str>, address: &str) -> String {
    let place = format!("<{}>", short_address(address));
    match alt {
        Some(alt) if !alt.is_empty() => format!("{alt} {place}"),
        _ => place,
    }
}

/// An image's address; the bytes of a `data:` one are left out.
pub fn short_address(url: &str) -> String {
    match url.split_once(',') {
        Some((head, data)) if head.starts_with("data:") => {
            format!("{head},… {} characters", data.len())
        }
        _ => url.to_owned(),
    }
}
