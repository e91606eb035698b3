//! Forms that carry a file, as a direct upload posts them: read from a recording, written to one.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{FutureExt as _, stream};
use multer::Multipart;

/// The field in which the guides have the file.
const FIELD: &str = "file";

/// The file that a form holds; `None` where the body is no form, or has no such field.
pub fn file(content_type: &str, body: &[u8]) -> Option<Vec<u8>> {
    let boundary = multer::parse_boundary(content_type).ok()?;
    let body = Bytes::copy_from_slice(body);
    let mut form = Multipart::new(stream::iter([Ok::<_, Infallible>(body)]), boundary);
    let read = async {
        while let Some(field) = form.next_field().await.ok()? {
            if field.name() == Some(FIELD) {
                return field.bytes().await.ok();
            }
        }
        None
    };
    // All of the form is there, so that nothing is ever waited for.
    Some(read.now_or_never()??.to_vec())
}

/// A form that holds this file, and its content type.
pub fn holding(name: &str, mime_type: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let mut boundary = "chatkit".to_owned();
    while contains(bytes, boundary.as_bytes()) {
        boundary.push('-');
    }
    // As browsers write it, so that a name ends neither its quotes nor its line.
    let name = name
        .replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{FIELD}\"; filename=\"{name}\"\r\n\
         Content-Type: {mime_type}\r\n\r\n"
    );
    let end = format!("\r\n--{boundary}--\r\n");
    let body = [head.as_bytes(), bytes, end.as_bytes()].concat();
    (format!("multipart/form-data; boundary={boundary}"), body)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_found_behind_other_fields() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nvision\r\n\
            --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n\0\xff\r\n\r\n--x--\r\n";
        let found = file("multipart/form-data; boundary=\"x\"", body);
        assert_eq!(found.unwrap(), b"\0\xff\r\n");
    }

    #[test]
    fn what_is_no_form_or_was_cut_holds_no_file() {
        let cut = b"--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhalf of";
        assert_eq!(file("multipart/form-data; boundary=x", cut), None);
        assert_eq!(file("multipart/form-data", cut), None);
        assert_eq!(file("text/plain", cut), None);
        assert_eq!(file("", b""), None);
    }

    #[test]
    fn a_form_that_is_written_is_read_back_whatever_is_in_the_file() {
        for bytes in [&b""[..], b"--chatkit\r\n--chatkit--", b"\r\n\0\xff"] {
            let (content_type, body) = holding("a\"\r\nb", "text/plain", bytes);
            assert_eq!(file(&content_type, &body).as_deref(), Some(bytes));
        }
    }
}
