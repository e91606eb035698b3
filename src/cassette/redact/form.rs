//! The secrets of forms: pairs, as in the query of an address, and parts.

use std::borrow::Cow;

use memchr::memmem;
use percent_encoding::percent_decode_str;

use super::Redactor;
use crate::secret::is_credential;

/// Whether a text is written as the pairs of a form are. A body need not say rightly what it is, so
/// that its beginning decides; a value may have spaces in it, as `curl -d` sends them.
pub(super) fn may_be_form(text: &str) -> bool {
    let name = text.split_once('=').map(|(name, _)| name);
    let may_be = |c: char| c.is_ascii_alphanumeric() || "_-.+%[]$".contains(c);
    let is_name = |name: &str| !name.is_empty() && name.chars().all(may_be);
    name.is_some_and(is_name) && !text.trim_end().contains(['\n', '\r'])
}

impl Redactor {
    /// Pairs of a name and a value, without the values that are secret by their name.
    pub(super) fn pairs(&self, text: &str) -> String {
        let pairs = text.split('&').map(|pair| match pair.split_once('=') {
            Some((name, value)) if self.lets_in(&decoded(name)) => {
                let secret = self.instead(&decoded(name), &decoded(value.trim_end()));
                format!("{name}={secret}")
            }
            _ => self.hide(pair).into_owned(),
        });
        let pairs: Vec<_> = pairs.collect();
        pairs.join("&")
    }

    /// A form in parts (RFC 7578), without the contents of those that are secret by their name. All
    /// else is handed back as it is.
    pub(super) fn parts<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let mut clean = Cow::Borrowed(bytes);
        let Some(boundary) = boundary(bytes) else {
            return clean;
        };
        let begins: Vec<usize> = memmem::find_iter(bytes, boundary).collect();
        // From the last to the first, so that the places of those before stay.
        for (at, begin) in begins.iter().enumerate().rev() {
            let begin = begin + boundary.len();
            let end = begins.get(at + 1).copied().unwrap_or(bytes.len());
            let part = &bytes[begin..end];
            if let Some((name, content)) = field(part)
                && self.lets_in(&name)
            {
                let secret = String::from_utf8_lossy(&part[content.clone()]);
                let instead = self.instead(&name, &secret);
                let place = begin + content.start..begin + content.end;
                clean.to_mut().splice(place, instead.into_bytes());
            }
        }
        clean
    }

    fn lets_in(&self, name: &str) -> bool {
        self.is_secret(name) || is_credential(name)
    }
}

/// A name or a value, as it was before it was put into a form.
fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

/// Whether a body is a form in parts.
pub fn is_in_parts(body: &[u8]) -> bool {
    boundary(body).is_some()
}

/// The line that parts the parts of a form, if that is what this is.
fn boundary(bytes: &[u8]) -> Option<&[u8]> {
    let line = bytes.split(|byte| *byte == b'\n').next()?.trim_ascii_end();
    let is_one = line.starts_with(b"--") && line.len() > 2;
    (is_one && has_disposition(&bytes[line.len()..])).then_some(line)
}

fn has_disposition(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    memmem::find(&head.to_ascii_lowercase(), b"content-disposition:").is_some()
}

/// The name of a part that is no file, and where its content stands in it.
fn field(part: &[u8]) -> Option<(String, std::ops::Range<usize>)> {
    let (end, gap) = match memmem::find(part, b"\r\n\r\n") {
        Some(end) => (end, 4),
        None => (memmem::find(part, b"\n\n")?, 2),
    };
    let head = String::from_utf8_lossy(&part[..end]);
    let is_file = head.to_ascii_lowercase().contains("filename");
    let name = named(&head).filter(|_| !is_file)?;
    let start = end + gap;
    let content = part[start..].strip_suffix(b"\n").unwrap_or(&part[start..]);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    Some((name, start..start + content.len()))
}

/// What stands behind `name=`, in quotes or without.
fn named(head: &str) -> Option<String> {
    let at = head.to_ascii_lowercase().find("name=")? + "name=".len();
    let rest = &head[at..];
    let name = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split([';', '\r', '\n', ' ']).next(),
    };
    name.map(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cassette::{Payload, REDACTED};

    fn clean(bytes: &[u8]) -> Payload {
        Redactor::default().bytes(bytes)
    }

    #[test]
    fn the_secrets_of_a_form_go_and_all_else_of_it_stays() {
        for (text, without) in [
            (
                "username=u&password=FORM%20pw&client_secret=FORMCS",
                "username=u&password=[redacted]&client_secret=[redacted]",
            ),
            ("client%5Fsecret=FORM&x", "client%5Fsecret=[redacted]&x"),
            (
                "user[password]=FORM with a space\n",
                "user[password]=[redacted]",
            ),
            ("limit=2&q=a+b", "limit=2&q=a+b"),
            (
                "a text=token&token=not a form",
                "a text=token&token=not a form",
            ),
        ] {
            assert_eq!(clean(text.as_bytes()).as_str(), without);
        }
    }

    #[test]
    fn the_secret_parts_of_a_form_go_and_its_files_stay() {
        let part = |name: &str, content: &str| {
            format!("--XX\r\nContent-Disposition: form-data; name={name}\r\n\r\n{content}\r\n")
        };
        let form = |password: &str| {
            let fields = [
                part("\"user\"", "u"),
                part("\"password\"", password),
                part("client_secret", password),
                part("\"key\"; filename=\"key.txt\"", "of a file"),
            ];
            fields.concat() + "--XX--\r\n"
        };
        let text = form("PARTS\r\nof a password");
        assert_eq!(clean(text.as_bytes()).as_str(), form(REDACTED));
        // A file that is no text does not keep the fields beside it.
        let binary = [form("PARTS").as_bytes(), b"\xff"].concat();
        let without = [form(REDACTED).as_bytes(), b"\xff"].concat();
        assert_eq!(clean(&binary).to_bytes(), without);
    }
}
