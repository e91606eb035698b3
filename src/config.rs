//! Which backend is meant: flags, environment, profile and default, resolved into one value.
//!
//! `cli` only validates what was typed; here the environment and the files are read. Each level
//! decides as a whole, so that a `--url` is never mixed with a client secret of the environment.

mod file;
mod hosted;
mod level;
mod profile;
mod surroundings;

use std::time::Duration;

use url::Url;

pub use surroundings::Surroundings;

use crate::error::{Error, Result};
use crate::options::{self, GlobalArgs, Header};
use crate::secret::is_credential;
pub use file::CheckSettings;
use file::Profile;
pub use hosted::{Hosted, Sources};
use level::Level;
use profile::NamedProfile;

/// A backend, and how to talk to it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which one.
    pub target: Target,
    /// What named it, for people: a flag, the environment, or a profile and its file.
    pub source: String,
    /// The profile that named it.
    pub profile: Option<String>,
    /// More headers for every request.
    pub headers: Vec<Header>,
    /// Where files are posted to directly.
    pub upload_url: Option<Url>,
    /// How long to wait for it.
    pub timeout: Option<Duration>,
    /// The language to be answered in.
    pub locale: Option<String>,
    /// What client tools are answered with.
    pub tools: ToolSettings,
    /// What a check says to the backend.
    pub check: CheckSettings,
    /// The variable because of which another backend is talked to than the profile names.
    pub overruled: Option<String>,
    /// What is to be said before the backend is talked to: it may not be the one that was meant.
    pub warning: Option<String>,
}

impl Settings {
    /// The headers that let in.
    pub fn credentials(&self) -> impl Iterator<Item = &Header> {
        let headers = self.headers.iter();
        headers.filter(|header| is_credential(&header.name))
    }
}

/// What a profile answers client tools with.
#[derive(Clone, Debug, Default)]
pub struct ToolSettings {
    /// Results by the names of their tools.
    pub results: Vec<(String, serde_json::Value)>,
    /// Commands that print a result, by the names of their tools.
    pub commands: Vec<(String, String)>,
}

/// Which backend is talked to.
#[derive(Clone, Debug)]
pub enum Target {
    /// A self-hosted endpoint.
    SelfHosted(Url),
    /// A mock inside this process.
    Mock {
        /// The workflow that sessions are made for.
        workflow: Option<String>,
        /// The user that sessions are made for.
        user: Option<String>,
    },
    /// The hosted API.
    Hosted(Box<Hosted>),
}

/// What a command needs a backend for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The `ChatKit` protocol, which every backend speaks.
    Protocol,
    /// The hosted REST API, so a self-hosted endpoint of the environment is not meant.
    Hosted,
}

/// The variables that mean the hosted API.
const HOSTED: [&str; 3] = [
    "CHATKIT_API_BASE",
    "CHATKIT_CLIENT_SECRET",
    "CHATKIT_WORKFLOW_ID",
];

enum Choice {
    SelfHosted(Url),
    Mock,
    Hosted,
}

/// Resolves the options, the environment and the files into one backend.
///
/// # Errors
/// Wrong usage: no backend is named, or one of the sources says something impossible.
pub fn resolve(args: &GlobalArgs, around: &Surroundings, need: Need) -> Result<Settings> {
    let profile = NamedProfile::load(args, around)?;
    let (level, by, choice) = choose(args, around, profile.as_ref(), need)?;
    if level > Level::Flag {
        tracing::debug!(?level, "the backend is chosen by");
    }
    let used = profile.as_ref();
    // What a profile brings along goes to no backend that a flag or a variable names by itself.
    if level == Level::Profile || matches!(choice, Choice::Hosted) {
        used.map_or(Ok(()), NamedProfile::refuse_to_spend_credentials)?;
    }
    let overruled = used.and_then(|named| overruled(args, around, named, (level, &choice), need));
    let target = match choice {
        Choice::SelfHosted(url) => Target::SelfHosted(url),
        Choice::Mock => Target::Mock {
            workflow: flag_or_variable(
                args.target.workflow.as_ref(),
                "CHATKIT_WORKFLOW_ID",
                around,
            ),
            user: flag_or_variable(args.target.user.as_ref(), "CHATKIT_USER", around),
        },
        Choice::Hosted => Target::Hosted(Box::new(hosted::hosted(args, around, used, need)?)),
    };
    // What a profile adds was written for the profile's backend; another one might be a stranger.
    let own = used.filter(|named| overruled.is_none() && is_own(named, level, &target));
    Ok(Settings {
        headers: headers(args, around, own)?,
        upload_url: upload_url(args, own)?,
        timeout: timeout(args, used)?,
        locale: locale(args, used)?,
        tools: tools(used)?,
        check: used
            .map(|named| named.profile.check.clone())
            .unwrap_or_default(),
        source: by,
        profile: own.map(|named| named.name.clone()),
        overruled: overruled.map(str::to_owned),
        // Whoever typed the profile's name believes that they talk to its backend.
        warning: overruled
            .filter(|_| args.target.profile.is_some())
            .map(|variable| {
                format!(
                    "{variable} wins over the backend of the profile; unset it to talk to that one"
                )
            }),
        target,
    })
}

/// Whether a profile was written for the backend that is talked to, whatever named that.
fn is_own(named: &NamedProfile, level: Level, target: &Target) -> bool {
    let is_same = match target {
        Target::SelfHosted(url) => {
            let own = named.profile.url.as_deref();
            own.and_then(|own| options::http_url(own).ok()).as_ref() == Some(url)
        }
        Target::Hosted(hosted) => hosted::is_own_base(named, &hosted.api_base),
        Target::Mock { .. } => false,
    };
    level == Level::Profile || (is_same && named.refuse_to_spend_credentials().is_ok())
}

/// The variable because of which another backend is talked to than the profile names.
fn overruled(
    args: &GlobalArgs,
    around: &Surroundings,
    named: &NamedProfile,
    (level, choice): (Level, &Choice),
    need: Need,
) -> Option<&'static str> {
    let own = (named.profile.url.as_deref()).filter(|_| need == Need::Protocol);
    match choice {
        Choice::SelfHosted(url) if level == Level::Environment => {
            let is_same = own.and_then(|own| options::http_url(own).ok()).as_ref() == Some(url);
            let names_one = own.is_some() || named.is_hosted();
            (names_one && !is_same).then_some("CHATKIT_URL")
        }
        Choice::Hosted if level == Level::Environment && own.is_some() => {
            let is_set = |name: &&str| around.var(name).is_some();
            HOSTED.into_iter().find(is_set)
        }
        Choice::Hosted => hosted::other_base(args, around, named),
        Choice::SelfHosted(_) | Choice::Mock => None,
    }
}

fn choose(
    args: &GlobalArgs,
    around: &Surroundings,
    profile: Option<&NamedProfile>,
    need: Need,
) -> Result<(Level, String, Choice)> {
    let flags = &args.target;
    let typed = |flag: &str, choice| Ok((Level::Flag, flag.to_owned(), choice));
    if let Some(url) = &flags.url {
        if flags.mock || flags.client_secret.is_some() {
            // clap sees a conflict only between options on the same side of the subcommand.
            return Err(Error::usage_hint(
                "--url cannot be used with --mock or --client-secret",
                "name one backend",
            ));
        }
        if need == Need::Hosted {
            return Err(Error::usage_hint(
                "a self-hosted backend has no sessions",
                "drop --url, or pass --api-base for another address of the hosted API",
            ));
        }
        return typed("--url", Choice::SelfHosted(url.clone()));
    }
    if flags.mock {
        return typed("--mock", Choice::Mock);
    }
    let hosted = [
        ("--client-secret", flags.client_secret.is_some()),
        ("--workflow", flags.workflow.is_some()),
        ("--api-base", flags.api_base.is_some()),
    ];
    if let Some((flag, _)) = hosted.iter().find(|(_, is_given)| *is_given) {
        return typed(flag, Choice::Hosted);
    }
    if let (Need::Protocol, Some(url)) = (need, around.var("CHATKIT_URL")) {
        let by = "CHATKIT_URL".to_owned();
        let url = address(&by, url)?;
        return Ok((Level::Environment, by, Choice::SelfHosted(url)));
    }
    if let Some(name) = HOSTED.iter().find(|name| around.var(name).is_some()) {
        let by = (*name).to_owned();
        return Ok((Level::Environment, by, Choice::Hosted));
    }
    if let Some(profile) = profile {
        let by = profile.to_string();
        if let (Need::Protocol, Some(url)) = (need, &profile.profile.url) {
            let url = address(&profile.place("url"), url)?;
            return Ok((Level::Profile, by, Choice::SelfHosted(url)));
        }
        if profile.is_hosted() {
            return Ok((Level::Profile, by, Choice::Hosted));
        }
    }
    // A key alone names no backend that outranks one that was named; it is what is left.
    if flags.api_key_file.is_some() || around.var("OPENAI_API_KEY").is_some() {
        let by = "an API key alone".to_owned();
        return Ok((Level::Default, by, Choice::Hosted));
    }
    Err(no_backend(need))
}

fn no_backend(need: Need) -> Error {
    match need {
        Need::Protocol => Error::usage_hint(
            "no backend to talk to",
            "start a mock with 'chatkit serve --mock', or pass --url; --mock answers without a server",
        ),
        Need::Hosted => Error::usage_hint(
            "no API key",
            "set OPENAI_API_KEY or pass --api-key-file; --mock answers without one",
        ),
    }
}

fn flag_or_variable(
    flag: Option<&String>,
    variable: &str,
    around: &Surroundings,
) -> Option<String> {
    flag.map(String::as_str)
        .or_else(|| around.var(variable))
        .map(str::to_owned)
}

fn headers(
    args: &GlobalArgs,
    around: &Surroundings,
    profile: Option<&NamedProfile>,
) -> Result<Vec<Header>> {
    let mut headers = Vec::new();
    if let Some(named) = profile {
        for text in &named.profile.headers {
            let text = around.expand(text, &named.place("headers"))?;
            let header = options::header(&text)
                .map_err(|error| Error::usage(format!("{}: {error}", named.place("headers"))))?;
            headers.push(header);
        }
    }
    let typed = &args.request.headers;
    headers.retain(|header: &Header| {
        !typed
            .iter()
            .any(|other| other.name.eq_ignore_ascii_case(&header.name))
    });
    headers.extend(typed.iter().cloned());
    Ok(headers)
}

fn upload_url(args: &GlobalArgs, profile: Option<&NamedProfile>) -> Result<Option<Url>> {
    if let Some(url) = &args.target.upload_url {
        return Ok(Some(url.clone()));
    }
    profile
        .and_then(|named| Some((named, named.profile.upload_url.as_ref()?)))
        .map(|(named, url)| address(&named.place("upload_url"), url))
        .transpose()
}

fn timeout(args: &GlobalArgs, profile: Option<&NamedProfile>) -> Result<Option<Duration>> {
    if let Some(timeout) = args.request.timeout {
        return Ok(Some(timeout));
    }
    read_profile(
        profile,
        "timeout",
        |profile| &profile.timeout,
        options::duration,
    )
}

fn locale(args: &GlobalArgs, profile: Option<&NamedProfile>) -> Result<Option<String>> {
    if let Some(locale) = &args.request.locale {
        return Ok(Some(locale.clone()));
    }
    read_profile(
        profile,
        "locale",
        |profile| &profile.locale,
        options::locale,
    )
}

fn tools(profile: Option<&NamedProfile>) -> Result<ToolSettings> {
    let Some(named) = profile else {
        return Ok(ToolSettings::default());
    };
    let result = |(name, value): (&String, &toml::Value)| {
        let json = serde_json::to_value(value)
            .map_err(|error| Error::usage(format!("{}: {error}", named.place("tool"))))?;
        Ok((name.clone(), json))
    };
    let results: Result<_> = named.profile.tool.iter().map(result).collect();
    Ok(ToolSettings {
        results: results?,
        commands: named.profile.tool_cmd.clone().into_iter().collect(),
    })
}

fn read_profile<T>(
    profile: Option<&NamedProfile>,
    key: &str,
    field: fn(&Profile) -> &Option<String>,
    read: fn(&str) -> Result<T, String>,
) -> Result<Option<T>> {
    let Some((named, text)) =
        profile.and_then(|named| Some((named, field(&named.profile).as_ref()?)))
    else {
        return Ok(None);
    };
    read(text)
        .map(Some)
        .map_err(|error| Error::usage(format!("{}: {error}", named.place(key))))
}

fn address(source: &str, text: &str) -> Result<Url> {
    options::http_url(text).map_err(|error| Error::usage(format!("{source}: {error}")))
}

#[cfg(test)]
mod tests;
