//! From settings to a backend: the one place where `config` meets `client` and the mock.

use std::time::Duration;

use ring::digest::{SHA256, digest};
use secrecy::ExposeSecret;

use super::Context;
use crate::cancel::Cancel;
use crate::cassette::Redactor;
use crate::client::{
    Backend, Credentials, Document, Endpoint, HeaderMap, HeaderName, HeaderValue, Options, Rest,
    SecretString, Url, address,
};
use crate::config::{self, CheckSettings, Hosted, Need, Settings, Target};
use crate::conversation::answers::Stays;
use crate::conversation::last::LastThreads;
use crate::conversation::pages::{WALK_LIMIT, Walk};
use crate::error::{Error, Result};
use crate::options::{GlobalArgs, Header};
use crate::protocol::ThreadId;
use crate::protocol::hosted::RestThread;
use crate::server::{Config, Mock, Running};

/// A backend that speaks the protocol; a mock inside this process lives as long.
#[derive(Debug)]
pub struct Connection {
    /// The backend.
    pub backend: Backend,
    /// What tells this backend from others; a mock has no name.
    pub name: Option<String>,
    /// What its last thread is remembered under: who is let in sees other threads than others do.
    pub memory: Option<String>,
    /// What a check says to this backend.
    pub check: CheckSettings,
    _mock: Option<Running>,
}

impl Connection {
    /// Whether a thread can still be answered when the command has ended.
    pub fn stays(&self) -> Stays {
        match self.name {
            Some(_) => Stays::Kept,
            None => Stays::Gone,
        }
    }
}

/// The hosted REST API; a mock inside this process lives as long.
#[derive(Debug)]
pub struct RestConnection {
    /// The API.
    pub rest: Rest,
    /// The workflow that sessions are made for.
    pub workflow: Option<String>,
    /// The user that sessions are made for, and whose threads alone are reached.
    pub user: Option<String>,
    _mock: Option<Running>,
}

impl RestConnection {
    /// A thread, without its items. Another user's than the one that is named is as one that is
    /// not there, as it is for a session of that user; the key itself would reach them all.
    ///
    /// # Errors
    /// Whatever the backend's answer makes; and the named user does not have the thread.
    pub async fn thread(&self, id: &ThreadId, cancel: &Cancel) -> Result<Document<RestThread>> {
        let found = self.rest.get_thread(id, cancel).await?;
        match &self.user {
            Some(user) if *user != found.value.user => Err(Error::NotTheirs {
                user: user.clone(),
                thread: id.to_string(),
            }),
            _ => Ok(found),
        }
    }

    /// Asks whose a thread is, if a user is named, before something else is done with it.
    ///
    /// # Errors
    /// As [`RestConnection::thread`].
    pub async fn check_owner(&self, id: &ThreadId, cancel: &Cancel) -> Result<()> {
        if self.user.is_some() {
            self.thread(id, cancel).await?;
        }
        Ok(())
    }
}

/// How a backend is to be spoken to.
#[derive(Debug)]
pub enum Link {
    /// By the protocol.
    Protocol(Connection),
    /// By the hosted REST API.
    Rest(RestConnection),
}

impl Link {
    /// The pages of a walk as this API has them: REST refuses one of more than 100 rows, and the
    /// protocol takes any.
    pub fn pages(&self, walk: Walk) -> Walk {
        match self {
            Self::Protocol(_) => walk,
            Self::Rest(_) => walk.in_pages_of(WALK_LIMIT),
        }
    }
}

impl Context<'_> {
    /// Connects by the protocol.
    ///
    /// # Errors
    /// Wrong usage: no backend is named, or it needs more to get in.
    pub async fn connect(&mut self) -> Result<Connection> {
        let settings = self.spoken(Need::Protocol)?;
        self.protocol(&settings).await
    }

    /// Connects by the protocol, as these options say in the place of the context's own.
    ///
    /// # Errors
    /// As [`Context::connect`].
    pub(super) async fn connect_as(&self, global: &GlobalArgs) -> Result<Connection> {
        let settings = config::resolve(global, &self.around, Need::Protocol)?;
        self.protocol(&settings).await
    }

    /// Connects to the hosted REST API.
    ///
    /// # Errors
    /// Wrong usage: the backend is none that has one, or there is no API key.
    pub async fn connect_rest(&mut self) -> Result<RestConnection> {
        let settings = self.spoken(Need::Hosted)?;
        self.rest(&settings).await
    }

    /// Connects in the way that threads are best reached: by REST where there is a key and no
    /// secret, because a session would have to be made for anything else.
    ///
    /// # Errors
    /// Wrong usage: no backend is named, or it needs more to get in.
    pub async fn connect_any(&mut self) -> Result<Link> {
        let settings = self.spoken(Need::Protocol)?;
        match &settings.target {
            Target::Hosted(hosted)
                if hosted.client_secret.is_none() && hosted.api_key.is_some() =>
            {
                self.rest(&settings).await.map(Link::Rest)
            }
            _ => self.protocol(&settings).await.map(Link::Protocol),
        }
    }

    /// Connects by the protocol, and to the REST API too where sessions can be made.
    ///
    /// # Errors
    /// As [`Context::connect`].
    pub async fn connect_both(&mut self) -> Result<(Connection, Option<RestConnection>)> {
        let settings = self.spoken(Need::Protocol)?;
        let makes_sessions = match &settings.target {
            Target::Hosted(hosted) => hosted.client_secret.is_none() && hosted.api_key.is_some(),
            _ => false,
        };
        let rest = if makes_sessions {
            Some(self.rest(&settings).await?)
        } else {
            None
        };
        Ok((self.protocol(&settings).await?, rest))
    }

    /// Where the last threads are remembered, if there is a place for it.
    pub fn last_threads(&self) -> Option<LastThreads> {
        let folder = self.around.state_folder.as_deref()?;
        Some(LastThreads::in_folder(folder))
    }

    /// The settings of a command that is about to talk, which says so if it is not to whom it seems.
    fn spoken(&mut self, need: Need) -> Result<Settings> {
        let settings = self.settings(need)?;
        if let Some(warning) = &settings.warning {
            self.ui.warn(warning);
        }
        Ok(settings)
    }

    pub(super) fn settings(&self, need: Need) -> Result<Settings> {
        config::resolve(&self.global, &self.around, need)
    }

    async fn protocol(&self, settings: &Settings) -> Result<Connection> {
        let mut running = None;
        let (endpoint, name) = match &settings.target {
            Target::SelfHosted(url) => {
                let endpoint = Endpoint::SelfHosted {
                    url: url.clone(),
                    upload_url: settings.upload_url.clone(),
                };
                (endpoint, Some(self_hosted_name(url)))
            }
            Target::Mock { .. } => {
                let mock = running.insert(self.start_mock().await?);
                let endpoint = Endpoint::SelfHosted {
                    url: below(mock, "/chatkit")?,
                    upload_url: settings.upload_url.clone(),
                };
                (endpoint, None)
            }
            Target::Hosted(hosted) => (hosted_endpoint(hosted)?, Some(hosted_name(hosted))),
        };
        Ok(Connection {
            backend: Backend::new(endpoint, options(settings)?)?,
            memory: name.as_deref().map(|name| memory(name, settings)),
            name,
            check: settings.check.clone(),
            _mock: running,
        })
    }

    async fn rest(&self, settings: &Settings) -> Result<RestConnection> {
        let mut running = None;
        let (base, key, workflow, user) = match &settings.target {
            Target::Mock { workflow, user } => {
                let mock = running.insert(self.start_mock().await?);
                let key = SecretString::from("sk-mock");
                // Any workflow and any user will do for a mock, so that none has to be named.
                let workflow = workflow.clone().or_else(|| Some("wf_mock".to_owned()));
                let user = user.clone().or_else(|| Some("mock-user".to_owned()));
                (below(mock, "/v1")?, key, workflow, user)
            }
            Target::Hosted(hosted) => {
                let key = hosted.api_key.clone().ok_or_else(no_key)?;
                let (workflow, user) = (hosted.workflow.clone(), hosted.user.clone());
                (hosted.api_base.clone(), key, workflow, user)
            }
            Target::SelfHosted(_) => {
                return Err(Error::usage("a self-hosted backend has no REST API"));
            }
        };
        Ok(RestConnection {
            rest: Rest::new(base, &key, options(settings)?)?,
            workflow,
            user,
            _mock: running,
        })
    }

    pub(super) async fn start_mock(&self) -> Result<Running> {
        // The pace is for eyes; a file need not wait for it.
        let pace = if self.ui.out_is_terminal() {
            crate::server::DEFAULT_PACE
        } else {
            Duration::ZERO
        };
        let mut config = Config {
            pace,
            ..Config::default()
        };
        config.address.set_port(0);
        Ok(Mock::bind(config).await?.start())
    }
}

pub(super) fn below(mock: &Running, path: &str) -> Result<Url> {
    let address = format!("{}{path}", mock.url());
    Url::parse(&address).map_err(|error| Error::usage(format!("{address}: {error}")))
}

fn hosted_endpoint(hosted: &Hosted) -> Result<Endpoint> {
    let credentials = match &hosted.client_secret {
        Some(secret) => Credentials::ClientSecret(secret.clone()),
        None => Credentials::Session {
            api_key: hosted.api_key.clone().ok_or_else(no_key)?,
            workflow: given(
                hosted.workflow.as_ref(),
                "--workflow",
                "CHATKIT_WORKFLOW_ID",
            )?,
            user: given(hosted.user.as_ref(), "--user", "CHATKIT_USER")?,
        },
    };
    Ok(Endpoint::Hosted {
        api_base: hosted.api_base.clone(),
        credentials,
    })
}

fn given(value: Option<&String>, flag: &str, variable: &str) -> Result<String> {
    value.filter(|value| !value.is_empty()).cloned().ok_or_else(|| {
        let what = flag.trim_start_matches('-');
        Error::usage_hint(
            format!("a hosted session needs a {what}"),
            format!(
                "pass {flag} or set {variable}; to do without the hosted API, start a mock with \
                 'chatkit serve --mock', or pass --url"
            ),
        )
    })
}

fn no_key() -> Error {
    Error::usage_hint(
        "no API key",
        "set OPENAI_API_KEY or pass --api-key-file; an existing session needs --client-secret only",
    )
}

/// A query may tell one tenant from another; what in it is secret is not written down.
fn self_hosted_name(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    Redactor::default().url(url.as_str())
}

/// Sessions of one user of one workflow see the same threads, whatever secret they have.
fn hosted_name(hosted: &Hosted) -> String {
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    let base = address(&hosted.api_base);
    // It may stand with its version or without.
    let base = base.trim_end_matches('/').trim_end_matches("/v1");
    format!("{base} {} {}", part(&hosted.workflow), part(&hosted.user))
        .trim_end()
        .to_owned()
}

/// The backend's name, with the profile by which it is reached, or else a mark of what lets in there,
/// from which that cannot be read. A session's secret is none: a user has a new one every ten
/// minutes.
fn memory(name: &str, settings: &Settings) -> String {
    /// How many bytes of the digest tell some hundred users apart.
    const MARK: usize = 8;
    if let Some(profile) = &settings.profile {
        return format!("{name} @{profile}");
    }
    let mut lets_in: Vec<String> = settings.credentials().map(spelled).collect();
    lets_in.sort_unstable();
    if let Target::SelfHosted(url) = &settings.target {
        // What is secret in a query is not in the name.
        let query = url.query().filter(|query| !name.ends_with(query));
        lets_in.extend(query.map(ToOwned::to_owned));
    }
    if lets_in.is_empty() {
        return name.to_owned();
    }
    // None of these has a line break in it.
    let digest = digest(&SHA256, lets_in.join("\n").as_bytes());
    let mark = &digest.as_ref()[..MARK];
    let mark: Vec<String> = mark.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{name} #{}", mark.concat())
}

fn spelled(header: &Header) -> String {
    let name = header.name.to_ascii_lowercase();
    format!("{name}:{}", header.value.expose_secret())
}

pub(super) fn options(settings: &Settings) -> Result<Options> {
    let headers: Result<Vec<_>> = settings.headers.iter().map(http_header).collect();
    let defaults = Options::default();
    Ok(Options {
        headers: headers?,
        timeout: settings.timeout.unwrap_or(defaults.timeout),
        locale: settings.locale.clone(),
    })
}

/// As they are sent; none of them is printed.
///
/// # Errors
/// Wrong usage: a header cannot be sent.
pub(super) fn http_headers(headers: &[Header]) -> Result<HeaderMap> {
    headers.iter().map(http_header).collect()
}

fn http_header(header: &Header) -> Result<(HeaderName, HeaderValue)> {
    let refused = || Error::usage(format!("the header '{}' cannot be sent", header.name));
    let name = HeaderName::try_from(header.name.as_str()).map_err(|_| refused())?;
    let mut value = HeaderValue::try_from(header.value.expose_secret()).map_err(|_| refused())?;
    value.set_sensitive(true);
    Ok((name, value))
}
