//! Which profile is meant, of which file, and whether it may be used unasked.

use std::path::{Path, PathBuf};

use url::Url;

use super::Surroundings;
use super::file::{self, Profile};
use crate::error::{Error, Result};
use crate::options::GlobalArgs;

/// A profile, and where it stands.
pub struct NamedProfile {
    /// What it is called.
    pub name: String,
    /// What it says.
    pub profile: Profile,
    path: PathBuf,
    /// Whether it is the default of a project's file, which nobody has asked for.
    is_unasked: bool,
}

impl NamedProfile {
    /// The profile that is named by flag, environment or file; the project's file comes first.
    ///
    /// # Errors
    /// Wrong usage: there is no such profile, or its file cannot be read or used.
    pub fn load(args: &GlobalArgs, around: &Surroundings) -> Result<Option<Self>> {
        let project = file::find_in_project(&around.folder, around.home.as_deref());
        let own = (around.config_folder.as_ref())
            .map(|folder| folder.join(file::FILE_NAME))
            .filter(|path| path.is_file());
        let project = project.map(|path| file::read(&path)).transpose()?;
        let own = own.map(|path| file::read(&path)).transpose()?;
        let files = [&project, &own].map(Option::as_ref);
        let asked = (args.target.profile.as_deref()).or_else(|| around.var("CHATKIT_PROFILE"));
        let default = || {
            files
                .iter()
                .flatten()
                .find_map(|file| file.default_profile.clone())
        };
        let Some(name) = asked.map(str::to_owned).or_else(default) else {
            return Ok(None);
        };
        for file in files.into_iter().flatten() {
            if let Some(profile) = file.profile.get(&name) {
                let is_projects = project.as_ref().is_some_and(|p| p.path == file.path);
                let named = Self {
                    name,
                    profile: profile.clone(),
                    path: file.path.clone(),
                    is_unasked: asked.is_none() && is_projects,
                };
                named.refuse_to_run_commands()?;
                return Ok(Some(named));
            }
        }
        Err(unknown_profile(&name, files.into_iter().flatten()))
    }

    /// A project's file may come from a stranger's repository, and `cd` is no consent to send
    /// the API key, what the environment holds or a file to an address that it names: such a
    /// profile has to be asked for by its name.
    ///
    /// # Errors
    /// Wrong usage: it was not, and would.
    pub fn refuse_to_spend_credentials(&self) -> Result<()> {
        let Some(what) = self.spends().filter(|_| self.is_unasked) else {
            return Ok(());
        };
        Err(Error::usage_hint(
            format!(
                "{}: the default profile '{}' would send {what} to another host",
                self.path.display(),
                self.name
            ),
            format!("pass --profile {} if you mean it", self.name),
        ))
    }

    /// What somebody else than the user and the official API would be given, if anything.
    fn spends(&self) -> Option<&'static str> {
        let Profile {
            url,
            upload_url,
            api_base,
            headers,
            ..
        } = &self.profile;
        let is_strange =
            |url: &Option<String>| url.as_deref().is_some_and(|url| !is_own_or_official(url));
        // The key and the session's secret go to the base, and the headers to all of them.
        let by_header = headers.iter().any(|header| header.contains("${"));
        let by_address = is_strange(url) || is_strange(upload_url);
        if is_strange(api_base) || (by_header && by_address) {
            return Some("credentials");
        }
        // What is said goes to the backend, which is what it is for; files need not go elsewhere.
        let apart = upload_url.is_some() && origin(upload_url.as_ref()) != origin(url.as_ref());
        (apart && is_strange(upload_url)).then_some("files")
    }

    /// For the same reason its commands are not run, which the backend could cause by a tool call.
    fn refuse_to_run_commands(&self) -> Result<()> {
        let mut tools = self.profile.tool_cmd.keys();
        let Some(tool) = tools.find(|_| self.is_unasked) else {
            return Ok(());
        };
        Err(Error::usage_hint(
            format!(
                "{}: the default profile '{}' would run a command for the tool '{tool}'",
                self.path.display(),
                self.name
            ),
            format!("pass --profile {} if you mean it", self.name),
        ))
    }

    /// Whether it says anything of the hosted API.
    pub fn is_hosted(&self) -> bool {
        let profile = &self.profile;
        profile.api_base.is_some() || profile.workflow.is_some() || profile.api_key_file.is_some()
    }

    /// Where a key of this profile stands, for messages.
    pub fn place(&self, key: &str) -> String {
        format!("{}: profile.{}.{key}", self.path.display(), self.name)
    }

    /// A path of the file, which is relative to it; `~/` is the home folder.
    pub fn beside_file(&self, path: &Path, around: &Surroundings) -> PathBuf {
        if let (Ok(rest), Some(home)) = (path.strip_prefix("~"), &around.home) {
            return home.join(rest);
        }
        self.path.parent().unwrap_or(Path::new(".")).join(path)
    }
}

impl std::fmt::Display for NamedProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the profile '{}' of {}", self.name, self.path.display())
    }
}

fn origin(url: Option<&String>) -> Option<url::Origin> {
    let url = Url::parse(url?).ok()?;
    Some(url.origin())
}

fn is_own_or_official(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else {
        return false;
    };
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => {
            name == "localhost" || (name == "api.openai.com" && url.scheme() == "https")
        }
        None => false,
    }
}

fn unknown_profile<'a>(name: &str, files: impl Iterator<Item = &'a file::File>) -> Error {
    let known: Vec<&str> = files
        .flat_map(|file| file.profile.keys().map(String::as_str))
        .collect();
    let hint = if known.is_empty() {
        format!("write a [profile.{name}] into chatkit.toml")
    } else {
        format!("use one of: {}", known.join(", "))
    };
    Error::usage_hint(format!("no profile '{name}'"), hint)
}
