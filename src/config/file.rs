//! `chatkit.toml`: where it is found, how it is read, and what may not stand in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};

use crate::byte_order_mark;
use crate::error::{Error, Result};
use crate::secret::is_secret_name;

/// The file's name, in a project and in the user's config folder.
pub const FILE_NAME: &str = "chatkit.toml";

/// Keys that people try to put a secret under.
const SECRET_KEYS: &[&str] = &[
    "api_key",
    "client_secret",
    "secret",
    "token",
    "password",
    "key",
];

/// One `chatkit.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The profile that is used when none is named.
    pub default_profile: Option<String>,
    /// The profiles by their names.
    #[serde(default)]
    pub profile: BTreeMap<String, Profile>,
    /// Where it was read from.
    #[serde(skip)]
    pub path: PathBuf,
}

/// A `[profile.NAME]` of the file; each key means what the flag of its name means.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The endpoint of a self-hosted backend.
    pub url: Option<String>,
    /// Where files are posted to directly.
    pub upload_url: Option<String>,
    /// The base address of the hosted API.
    pub api_base: Option<String>,
    /// The hosted workflow.
    pub workflow: Option<String>,
    /// The user of hosted sessions.
    pub user: Option<String>,
    /// The file that holds the API key, relative to this one.
    pub api_key_file: Option<PathBuf>,
    /// More headers, as `Name: value`, from a table or a list; `${NAME}` stands for an environment
    /// variable.
    #[serde(default, deserialize_with = "headers")]
    pub headers: Vec<String>,
    /// The language to be answered in.
    pub locale: Option<String>,
    /// How long to wait, for example `30s`.
    pub timeout: Option<String>,
    /// What client tools are answered with, by their names.
    #[serde(default)]
    pub tool: BTreeMap<String, toml::Value>,
    /// The commands that answer client tools, by their names.
    #[serde(default)]
    pub tool_cmd: BTreeMap<String, String>,
    /// What a check says to this backend.
    #[serde(default)]
    pub check: CheckSettings,
}

/// A `[profile.NAME.check]`: messages, each as the flag of its name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckSettings {
    /// What any answer will do for.
    pub message: Option<String>,
    /// What is answered by a client tool call.
    pub tool_message: Option<String>,
    /// What is answered by a form.
    pub form_message: Option<String>,
    /// What is answered by a widget.
    pub widget_message: Option<String>,
    /// What is answered at length.
    pub long_message: Option<String>,
    /// What asks for the word that the message before told.
    pub recall_message: Option<String>,
}

/// Headers as TOML has them, `{ Name = "value" }`, or as the flag does, `["Name: value"]`.
fn headers<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "expected headers as { Name = \"value\" } or [\"Name: value\"]"
    )]
    enum Written {
        Table(BTreeMap<String, String>),
        List(Vec<String>),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::List(lines) => lines,
        Written::Table(table) => {
            let lines = table.into_iter();
            lines
                .map(|(name, value)| format!("{name}: {value}"))
                .collect()
        }
    })
}

/// The nearest file from `start` upwards; the repository's root and `home` are not passed.
pub fn find_in_project(start: &Path, home: Option<&Path>) -> Option<PathBuf> {
    for folder in start.ancestors() {
        let candidate = folder.join(FILE_NAME);
        if candidate.is_file() {
            return Some(candidate);
        }
        if folder.join(".git").exists() || Some(folder) == home {
            return None;
        }
    }
    None
}

/// Reads and validates a file.
///
/// # Errors
/// Wrong usage that names the file, the line and the key.
pub fn read(path: &Path) -> Result<File> {
    let text = byte_order_mark::read(path)
        .map_err(|error| Error::usage(format!("cannot read {}: {error}", path.display())))?;
    parse(&text, path)
}

/// Validates a file's text.
pub fn parse(text: &str, path: &Path) -> Result<File> {
    let mut file: File = toml::from_str(text).map_err(|error| refusal(&error, text, path))?;
    path.clone_into(&mut file.path);
    for (name, profile) in &file.profile {
        for header in &profile.headers {
            refuse_secret_header(header, name, path)?;
        }
    }
    Ok(file)
}

fn refusal(error: &toml::de::Error, text: &str, path: &Path) -> Error {
    let line = error.span().map_or(1, |span| {
        text[..span.start.min(text.len())].matches('\n').count() + 1
    });
    let place = format!("{}:{line}", path.display());
    // The message is serde's; the key is all of it that is ours to say.
    let unknown = error
        .message()
        .strip_prefix("unknown field `")
        .and_then(|rest| rest.split_once('`'));
    match unknown {
        Some((key, _)) if SECRET_KEYS.contains(&key) => Error::usage_hint(
            format!("{place}: '{key}' would put a secret into the file"),
            "name a file with api_key_file, or set OPENAI_API_KEY or CHATKIT_CLIENT_SECRET",
        ),
        Some((key, rest)) => Error::usage_hint(
            format!("{place}: unknown key '{key}'"),
            format!("use one of those known there{}", known_keys(rest)),
        ),
        None => Error::usage(format!("{place}: {}", plain(error.message()))),
    }
}

/// serde's words for a value of another kind, in the order in which people say them.
fn plain(message: &str) -> String {
    let parts =
        (message.strip_prefix("invalid type: ")).and_then(|rest| rest.rsplit_once(", expected "));
    let Some((found, expected)) = parts else {
        return message.to_owned();
    };
    let expected = match expected {
        "a map" => "a table",
        expected if expected.starts_with("struct ") => "a table",
        expected => expected,
    };
    let kinds = ["integer `", "floating point `", "boolean `"];
    let value = kinds.iter().find_map(|kind| found.strip_prefix(kind));
    let found = match (value, found) {
        (Some(value), _) => value.trim_end_matches('`'),
        (None, "sequence") => "a list",
        (None, "map") => "a table",
        (None, found) => found,
    };
    format!("expected {expected}, found {found}")
}

fn known_keys(rest: &str) -> String {
    let keys: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    if keys.is_empty() {
        return String::new();
    }
    format!(": {}", keys.join(", "))
}

fn refuse_secret_header(header: &str, profile: &str, path: &Path) -> Result<()> {
    let (name, value) = header.split_once(':').unwrap_or((header, ""));
    let name = name.trim().to_ascii_lowercase();
    let looks_secret = is_secret_name(&name) || value.contains("sk-") || value.contains("ek_");
    if looks_secret && !value.contains("${") {
        return Err(Error::usage_hint(
            format!(
                "{}: the header '{name}' of profile '{profile}' would put a secret into the file",
                path.display()
            ),
            format!("write '{name}: ${{NAME}}' and set NAME in the environment"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (String, String) {
        let error = parse(text, Path::new("chatkit.toml")).unwrap_err();
        assert_eq!(error.code(), 2);
        (error.to_string(), error.hint().unwrap_or_default())
    }

    #[test]
    fn an_unknown_key_is_named_with_its_file_and_line() {
        let (message, hint) = refused("[profile.dev]\nurl = 'http://x'\ncolour = 1\n");
        assert_eq!(message, "chatkit.toml:3: unknown key 'colour'");
        assert!(hint.contains("api_key_file"), "{hint}");
        let (message, _) = refused("defualt_profile = 'x'\n");
        assert_eq!(message, "chatkit.toml:1: unknown key 'defualt_profile'");
    }

    #[test]
    fn a_secret_is_refused_and_not_repeated() {
        let (message, hint) = refused("[profile.dev]\nclient_secret = 'ek_123'\n");
        assert_eq!(
            message,
            "chatkit.toml:2: 'client_secret' would put a secret into the file"
        );
        assert!(hint.contains("api_key_file"));
        let (message, hint) = refused("[profile.dev]\nheaders = ['Authorization: Bearer hush']\n");
        assert!(
            !message.contains("hush") && !hint.contains("hush"),
            "{message} {hint}"
        );
        assert!(hint.contains("${NAME}"));
    }

    #[test]
    fn headers_are_a_table_or_a_list() {
        for headers in [
            "{ X-App = 'a: b', X-Run = '${RUN}' }",
            "['X-App: a: b', 'X-Run: ${RUN}']",
        ] {
            let text = format!("[profile.dev]\nheaders = {headers}\n");
            let file = parse(&text, Path::new("chatkit.toml")).unwrap();
            assert_eq!(
                file.profile["dev"].headers,
                ["X-App: a: b", "X-Run: ${RUN}"]
            );
        }
        let (message, _) = refused("[profile.dev]\nheaders = 'X-App: a'\n");
        assert!(
            message.starts_with("chatkit.toml:2: expected headers as"),
            "{message}"
        );
        let (message, _) = refused("[profile.dev]\nheaders = { Authorization = 'hush' }\n");
        assert!(message.contains("would put a secret") && !message.contains("hush"));
    }

    #[test]
    fn a_wrong_type_and_bad_syntax_name_the_line() {
        assert!(
            refused("\n[profile.dev]\nurl = 5\n")
                .0
                .starts_with("chatkit.toml:3: ")
        );
        assert!(refused("[profile.dev\n").0.starts_with("chatkit.toml:1: "));
    }

    #[test]
    fn the_search_ends_at_the_repository() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("repo/a/b");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::create_dir(root.path().join("repo/.git")).unwrap();
        std::fs::write(root.path().join(FILE_NAME), "").unwrap();
        assert_eq!(find_in_project(&deep, None), None);
        let near = root.path().join("repo").join(FILE_NAME);
        std::fs::write(&near, "").unwrap();
        assert_eq!(find_in_project(&deep, None), Some(near));
    }
}
