//! The backend that is looked at: its address, what gets in, and what of it is secret.

use crate::client::probe::Probe;
use crate::client::{
    Backend, Credentials, Endpoint, ExposeSecret, Options, Rest, SecretString, Url, address,
};
use crate::command::{Context, connect};
use crate::config::{Hosted, Settings, Target};
use crate::doctor::Finding;
use crate::doctor::hosted::Host;
use crate::doctor::http::Shown;
use crate::doctor::setup::{self, Setup, masked};
use crate::error::Result;
use crate::server::Running;

/// A backend, and all that is known to get in.
pub struct Place {
    /// Where operations are posted to.
    pub url: Url,
    /// How requests are made.
    pub options: Options,
    /// What is known of the hosted service, if it is one.
    pub hosted: Option<Hosted>,
    /// The client secret, once there is one.
    pub secret: Option<SecretString>,
    /// The session that was made for this examination.
    pub session: Option<(Rest, String)>,
    is_mock: bool,
    secrets: Vec<String>,
    _mock: Option<Running>,
}

impl Place {
    /// The backend of these settings; a mock is started.
    ///
    /// # Errors
    /// Wrong usage, for example a header that cannot be sent.
    pub async fn of(settings: &Settings, context: &Context<'_>) -> Result<Self> {
        let mut mock = None;
        let (url, hosted) = match &settings.target {
            Target::SelfHosted(url) => (url.clone(), None),
            Target::Mock { .. } => {
                let running = mock.insert(context.start_mock().await?);
                (connect::below(running, "/chatkit")?, None)
            }
            Target::Hosted(hosted) => {
                let url = Probe::conversation(hosted.api_base.clone());
                (url, Some(hosted.as_ref().clone()))
            }
        };
        let mut place = Self {
            url,
            options: connect::options(settings)?,
            secret: hosted
                .as_ref()
                .and_then(|hosted| hosted.client_secret.clone()),
            session: None,
            is_mock: mock.is_some(),
            secrets: Vec::new(),
            hosted,
            _mock: mock,
        };
        place.secrets = place.find_secrets(settings);
        Ok(place)
    }

    fn find_secrets(&self, settings: &Settings) -> Vec<String> {
        let headers = settings.headers.iter().flat_map(|header| {
            let value = header.value.expose_secret();
            // A token is a secret without its `Bearer`, too.
            [value, value.rsplit(' ').next().unwrap_or_default()].map(str::to_owned)
        });
        let hosted = self.hosted.iter().flat_map(|hosted| {
            let both = [&hosted.client_secret, &hosted.api_key];
            both.into_iter()
                .flatten()
                .map(|secret| secret.expose_secret().to_owned())
        });
        let query = self.url.query_pairs().map(|(_, value)| value.into_owned());
        headers.chain(hosted).chain(query).collect()
    }

    /// What must not be shown.
    pub fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// Its address for people.
    pub fn shown(&self) -> String {
        address(&self.url)
    }

    /// What is in force.
    pub fn finding(&self, settings: &Settings) -> Finding {
        let target = if self.is_mock {
            "a mock inside this process".to_owned()
        } else {
            self.shown()
        };
        let mut setup = Setup {
            target,
            source: settings.source.clone(),
            overruled: settings.overruled.clone(),
            is_asked: settings.warning.is_some(),
            headers: settings
                .headers
                .iter()
                .map(|header| header.name.clone())
                .collect(),
            ..Setup::default()
        };
        if let Some(hosted) = &self.hosted {
            setup.chosen = Some(std::mem::replace(
                &mut setup.source,
                hosted.sources.api_base.clone(),
            ));
            setup.credentials = credentials(hosted);
        }
        let timeout = settings
            .timeout
            .map(|limit| format!("timeout {} s", limit.as_secs_f64()));
        let locale = settings
            .locale
            .as_ref()
            .map(|locale| format!("locale {locale}"));
        setup.others = timeout.into_iter().chain(locale).collect();
        setup::config(&setup)
    }

    /// What requests are authorised with.
    pub fn authority(&self) -> Shown {
        match (&self.secret, self.options.headers.is_empty()) {
            (Some(_), _) => Shown::Secret,
            (None, false) => Shown::Headers,
            (None, true) => Shown::Nothing,
        }
    }

    /// Who runs it.
    pub fn host(&self) -> Host {
        match (&self.hosted, self.url.host_str()) {
            (None, _) => Host::Own,
            (Some(_), Some("api.openai.com")) => Host::Official,
            (Some(_), _) => Host::LikeOfficial,
        }
    }

    /// What turns are played with.
    ///
    /// # Errors
    /// Wrong usage: an address that HTTP cannot reach.
    pub fn backend(&self, options: Options) -> Result<Backend> {
        let endpoint = match (&self.hosted, &self.secret) {
            (Some(hosted), Some(secret)) => Endpoint::Hosted {
                api_base: hosted.api_base.clone(),
                credentials: Credentials::ClientSecret(secret.clone()),
            },
            _ => Endpoint::SelfHosted {
                url: self.url.clone(),
                upload_url: None,
            },
        };
        Backend::new(endpoint, options)
    }

    /// Ends the session that was made for this examination.
    pub async fn leave(&self, context: &Context<'_>) {
        if let Some((rest, id)) = &self.session {
            // It ends by itself in ten minutes; there is nothing to be done about a failure.
            let _ = rest.cancel_session(id, &context.cancel).await;
        }
    }
}

fn credentials(hosted: &Hosted) -> Vec<String> {
    let sources = &hosted.sources;
    let by = |fact: String, source: &Option<String>| match source {
        Some(source) => format!("{fact}, by {source}"),
        None => fact,
    };
    let secret = |name: &str, secret: &Option<SecretString>, source| match secret {
        Some(secret) => by(format!("{name} {}", masked(secret.expose_secret())), source),
        None => format!("no {name}"),
    };
    let (workflow, user) = (hosted.workflow.iter(), hosted.user.iter());
    let mut facts = vec![
        secret("API key", &hosted.api_key, &sources.api_key),
        secret(
            "client secret",
            &hosted.client_secret,
            &sources.client_secret,
        ),
    ];
    facts.extend(workflow.map(|id| by(format!("workflow {id}"), &sources.workflow)));
    facts.extend(user.map(|id| by(format!("user {id}"), &sources.user)));
    facts
}
