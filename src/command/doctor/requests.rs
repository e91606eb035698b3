//! Requests that read and change nothing: what they are answered with tells most of what is wrong.

use super::place::Place;
use super::{Examination, heard};
use crate::client::probe::{self, Credentials, Probe, Reply};
use crate::client::{ExposeSecret, Options};
use crate::doctor::http::{self, Shown};
use crate::doctor::page::Origin;
use crate::doctor::{Step, cors};
use crate::error::{Error, Result};

impl Examination<'_> {
    /// Asks for a list of threads, and for what tells why that does not work.
    pub(super) async fn requests(&mut self, place: &Place) -> Result<()> {
        let steps = [
            Step::Http,
            Step::Cors,
            Step::ContentType,
            Step::Auth,
            Step::EmptyRequest,
        ];
        if self.failed.is_some() {
            return steps
                .into_iter()
                .try_for_each(|step| self.add(self.skip(step)));
        }
        if let Some(secret) = &place.secret {
            self.report
                .keep_secret(&[secret.expose_secret().to_owned()]);
        }
        let options = Options {
            timeout: self.limit(),
            ..place.options.clone()
        };
        let probe = Probe::new(place.url.clone(), place.secret.as_ref(), options)?;
        let reply = self.ask(&probe, http::REQUEST, Credentials::Own).await?;
        let is_https = place.url.scheme() == "https";
        self.add_link(http::http(&reply, is_https, jiff::Timestamp::now()))?;
        let Ok(reply) = reply else {
            return steps[1..]
                .iter()
                .try_for_each(|step| self.add(self.skip(*step)));
        };
        let empty = self.ask(&probe, "{}", Credentials::Own).await?;
        self.cors(place, &probe, &reply, empty.as_ref().ok())
            .await?;
        if self.failed.is_some() {
            return steps[2..]
                .iter()
                .try_for_each(|step| self.add(self.skip(*step)));
        }
        self.add_link(http::content_type(&reply))?;
        let stranger = match place.authority() {
            Shown::Nothing => None,
            _ => self
                .ask(&probe, http::REQUEST, Credentials::None)
                .await?
                .ok(),
        };
        let is_loopback = probe::is_loopback(&place.url);
        self.add_link(http::auth(
            &reply,
            place.authority(),
            stranger.as_ref(),
            is_loopback,
        ))?;
        self.add(http::empty_request(&empty))
    }

    async fn ask(
        &self,
        probe: &Probe,
        document: &'static str,
        credentials: Credentials,
    ) -> Result<Result<Reply, Error>> {
        let origin = self.args.origin.as_ref().map(Origin::text);
        let mut headers = vec![("accept", "application/json")];
        headers.extend(origin.as_deref().map(|origin| ("origin", origin)));
        let document = document.as_bytes().into();
        heard(
            probe
                .post(document, &headers, credentials, &self.context.cancel)
                .await,
        )
    }

    async fn cors(
        &mut self,
        place: &Place,
        probe: &Probe,
        answer: &Reply,
        refusal: Option<&Reply>,
    ) -> Result<()> {
        let Some(origin) = self.args.origin.clone() else {
            let finding = Step::Cors
                .skipped("it depends on where the page is: pass --origin https://your.page");
            return self.add(finding);
        };
        let wanted = wanted(place);
        let (own, list) = (origin.text(), wanted.join(","));
        let headers = [
            ("origin", own.as_str()),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", list.as_str()),
        ];
        let preflight = heard(probe.options(&headers, &self.context.cancel).await)?;
        self.add(cors::cors(
            &origin,
            probe.url(),
            &wanted,
            &preflight,
            answer,
            refusal,
        ))
    }
}

/// The headers that a page would have to be allowed: the browser client's, and the user's own.
fn wanted(place: &Place) -> Vec<String> {
    let mut wanted: Vec<_> = cors::HEADERS
        .iter()
        .map(|name| (*name).to_owned())
        .collect();
    wanted.extend(
        place
            .options
            .headers
            .iter()
            .map(|(name, _)| name.as_str().to_owned()),
    );
    if place.secret.is_some() {
        wanted.push("authorization".to_owned());
    }
    wanted.sort_unstable();
    wanted.dedup();
    wanted
}
