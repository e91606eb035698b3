//! The hosted API: where it is, and what lets in there. Neither may come from a source that the
//! other was not meant for.

use std::path::Path;

use secrecy::SecretString;
use url::Url;

use super::file::Profile;
use super::profile::NamedProfile;
use super::{Need, Surroundings, address, flag_or_variable};
use crate::error::{Error, Result};
use crate::options::{self, GlobalArgs};

const DEFAULT_API_BASE: &str = "https://api.openai.com/v1";

/// The variables that name the base address, in the order in which they are asked.
const BASES: [&str; 2] = ["CHATKIT_API_BASE", "OPENAI_BASE_URL"];

/// The hosted API, and what is known to get in.
#[derive(Clone, Debug)]
pub struct Hosted {
    /// The base address, with or without `/v1`; the client puts it right.
    pub api_base: Url,
    /// An existing session's secret; then neither workflow nor key is needed.
    pub client_secret: Option<SecretString>,
    /// The workflow that sessions are made for.
    pub workflow: Option<String>,
    /// The user that sessions are made for.
    pub user: Option<String>,
    /// The API key.
    pub api_key: Option<SecretString>,
}

/// What flags, environment and profile say of the hosted API together.
///
/// # Errors
/// Wrong usage: an address or the key's file is none, or the key would go to a stranger.
pub fn hosted(
    args: &GlobalArgs,
    around: &Surroundings,
    profile: Option<&NamedProfile>,
    need: Need,
) -> Result<Hosted> {
    let flags = &args.target;
    let in_profile = |field: fn(&Profile) -> &Option<String>| {
        profile.and_then(|named| field(&named.profile).clone())
    };
    // A workflow that was typed asks for a session of its own.
    let client_secret = match (&flags.client_secret, &flags.workflow) {
        (Some(secret), _) => Some(secret.clone()),
        (None, Some(_)) => None,
        (None, None) => {
            flag_or_variable(None, "CHATKIT_CLIENT_SECRET", around).map(SecretString::from)
        }
    };
    let needs_key = client_secret.is_none() || need == Need::Hosted;
    Ok(Hosted {
        api_base: api_base(args, around, profile)?,
        client_secret,
        workflow: flag_or_variable(flags.workflow.as_ref(), "CHATKIT_WORKFLOW_ID", around)
            .or_else(|| in_profile(|profile| &profile.workflow)),
        user: flag_or_variable(flags.user.as_ref(), "CHATKIT_USER", around)
            .or_else(|| in_profile(|profile| &profile.user)),
        api_key: if needs_key {
            api_key(args, around, profile)?
        } else {
            None
        },
    })
}

/// The variable that names another address than the profile does, where no flag names one: the
/// environment stands above a profile, but what the profile lets in with was not meant for there.
pub fn other_base(
    args: &GlobalArgs,
    around: &Surroundings,
    named: &NamedProfile,
) -> Option<&'static str> {
    let own = named.profile.api_base.as_deref()?;
    if args.target.api_base.is_some() {
        return None;
    }
    let variable = BASES.into_iter().find(|name| around.var(name).is_some())?;
    let place = |text: &str| options::http_url(text).ok().as_ref().map(without_version);
    (around.var(variable).and_then(place) != place(own)).then_some(variable)
}

/// The address as it is compared: `/v1` may stand at its end or not.
fn without_version(url: &Url) -> String {
    let text = url.as_str().trim_end_matches('/');
    let text = text.strip_suffix("/v1").unwrap_or(text);
    text.trim_end_matches('/').to_owned()
}

fn api_base(
    args: &GlobalArgs,
    around: &Surroundings,
    profile: Option<&NamedProfile>,
) -> Result<Url> {
    if let Some(url) = &args.target.api_base {
        return Ok(url.clone());
    }
    for variable in BASES {
        if let Some(url) = around.var(variable) {
            return address(variable, url);
        }
    }
    match profile.and_then(|named| Some((named, named.profile.api_base.as_ref()?))) {
        Some((named, url)) => address(&named.place("api_base"), url),
        None => address("the default", DEFAULT_API_BASE),
    }
}

fn api_key(
    args: &GlobalArgs,
    around: &Surroundings,
    profile: Option<&NamedProfile>,
) -> Result<Option<SecretString>> {
    if let Some(path) = &args.target.api_key_file {
        return read_key(path).map(Some);
    }
    if let Some(key) = around.var("OPENAI_API_KEY") {
        return Ok(Some(SecretString::from(key.to_owned())));
    }
    let Some((named, path)) =
        profile.and_then(|named| Some((named, named.profile.api_key_file.as_ref()?)))
    else {
        return Ok(None);
    };
    if let Some(variable) = other_base(args, around, named) {
        return Err(Error::usage_hint(
            format!(
                "{}: this key is not for the address that {variable} names",
                named.place("api_key_file")
            ),
            format!("unset {variable}, or pass --api-base to name the address that it is for"),
        ));
    }
    read_key(&named.beside_file(path, around)).map(Some)
}

fn read_key(path: &Path) -> Result<SecretString> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::usage(format!(
            "cannot read the API key file {}: {error}",
            path.display()
        ))
    })?;
    let key = text.trim();
    if key.is_empty() || key.contains(char::is_whitespace) {
        return Err(Error::usage_hint(
            format!("the API key file {} does not hold one key", path.display()),
            "write the key, and nothing else, into it",
        ));
    }
    Ok(SecretString::from(key.to_owned()))
}
