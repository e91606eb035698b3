//! The hosted API: where it is, and what lets in there. Neither may come from a source that the
//! other was not meant for.

use std::path::Path;

use secrecy::SecretString;
use url::Url;

use super::file::Profile;
use super::profile::NamedProfile;
use super::{Need, Surroundings, address};
use crate::byte_order_mark;
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
    /// What named each of these.
    pub sources: Sources,
}

/// What named the parts of [`Hosted`], for people: a flag, a variable, or a key of a profile.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The base address.
    pub api_base: String,
    /// The session's secret.
    pub client_secret: Option<String>,
    /// The workflow.
    pub workflow: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// The API key.
    pub api_key: Option<String>,
}

/// A value, and what named it.
type Named<T> = (T, String);

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
    // A workflow that was typed asks for a session of its own.
    let secret = match (&flags.client_secret, &flags.workflow) {
        (Some(secret), _) => Some((secret.clone(), "--client-secret".to_owned())),
        (None, Some(_)) => None,
        (None, None) => word(None, "CHATKIT_CLIENT_SECRET", around)
            .map(|(secret, by)| (SecretString::from(secret), by)),
    };
    let needs_key = secret.is_none() || need == Need::Hosted;
    let api_key = if needs_key {
        api_key(args, around, profile)?
    } else {
        None
    };
    let in_profile = |key: &str, field: fn(&Profile) -> &Option<String>| {
        profile.and_then(|named| Some((field(&named.profile).clone()?, named.place(key))))
    };
    let workflow = flags.workflow.as_ref().map(|id| (id, "--workflow"));
    let workflow = word(workflow, "CHATKIT_WORKFLOW_ID", around)
        .or_else(|| in_profile("workflow", |profile| &profile.workflow));
    let user = flags.user.as_ref().map(|user| (user, "--user"));
    let user =
        word(user, "CHATKIT_USER", around).or_else(|| in_profile("user", |profile| &profile.user));
    let (base, base_by) = api_base(args, around, profile)?;
    let (client_secret, secret_by) = secret.unzip();
    let (workflow, workflow_by) = workflow.unzip();
    let (user, user_by) = user.unzip();
    let (api_key, key_by) = api_key.unzip();
    Ok(Hosted {
        api_base: base,
        client_secret,
        workflow,
        user,
        api_key,
        sources: Sources {
            api_base: base_by,
            client_secret: secret_by,
            workflow: workflow_by,
            user: user_by,
            api_key: key_by,
        },
    })
}

fn word(
    flag: Option<(&String, &str)>,
    variable: &str,
    around: &Surroundings,
) -> Option<Named<String>> {
    let typed = flag.map(|(value, flag)| (value.clone(), flag.to_owned()));
    typed.or_else(|| Some((around.var(variable)?.to_owned(), variable.to_owned())))
}

/// Whether this is the address that a profile means, for which it was written.
pub fn is_own_base(named: &NamedProfile, base: &Url) -> bool {
    let own = named
        .profile
        .api_base
        .as_deref()
        .unwrap_or(DEFAULT_API_BASE);
    let own = options::http_url(own).ok();
    named.is_hosted() && own.as_ref().map(without_version) == Some(without_version(base))
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
) -> Result<Named<Url>> {
    if let Some(url) = &args.target.api_base {
        return Ok((url.clone(), "--api-base".to_owned()));
    }
    let variables = BASES.into_iter();
    let mut set = variables.filter_map(|name| Some((name.to_owned(), around.var(name)?)));
    let in_profile =
        || profile.and_then(|it| Some((it.place("api_base"), it.profile.api_base.as_deref()?)));
    let (by, url) = (set.next())
        .or_else(in_profile)
        .unwrap_or_else(|| ("default".to_owned(), DEFAULT_API_BASE));
    Ok((address(&by, url)?, by))
}

fn api_key(
    args: &GlobalArgs,
    around: &Surroundings,
    profile: Option<&NamedProfile>,
) -> Result<Option<Named<SecretString>>> {
    if let Some(path) = &args.target.api_key_file {
        return Ok(Some((read_key(path)?, "--api-key-file".to_owned())));
    }
    if let Some((key, by)) = word(None, "OPENAI_API_KEY", around) {
        return Ok(Some((SecretString::from(key), by)));
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
    let key = read_key(&named.beside_file(path, around))?;
    Ok(Some((key, named.place("api_key_file"))))
}

fn read_key(path: &Path) -> Result<SecretString> {
    let text = byte_order_mark::read(path).map_err(|error| {
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
