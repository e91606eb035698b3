//! Where a request goes on to.

use axum::http::Uri;
use axum::http::uri::{Authority, PathAndQuery, Scheme};
use url::{Position, Url};

use crate::error::{Error, Result};

/// The path that frontends are pointed at, whatever the backend calls it.
const ENDPOINT: &str = "/chatkit";

/// The backend.
#[derive(Clone, Debug)]
pub(in crate::server) struct Upstream {
    scheme: Scheme,
    authority: Authority,
    place: Place,
}

/// What the path of the backend's address means.
#[derive(Clone, Debug)]
enum Place {
    /// Paths are the same on both sides.
    Same,
    /// It stands before every path.
    Before(String),
    /// It is what [`ENDPOINT`] stands for; every other path is the same on both sides.
    Endpoint(String),
}

impl Upstream {
    /// # Errors
    /// The address is none that HTTP could reach.
    pub fn new(url: &Url) -> Result<Self> {
        let refused = || Error::usage(format!("{url} is no address of a backend"));
        let scheme = url.scheme().parse().map_err(|_| refused())?;
        let authority = &url[Position::BeforeHost..Position::AfterPort];
        let path = url.path();
        let place = match path.strip_suffix('/') {
            Some("") => Place::Same,
            Some(before) => Place::Before(before.to_owned()),
            None => Place::Endpoint(path.to_owned()),
        };
        Ok(Self {
            scheme,
            authority: authority.parse().map_err(|_| refused())?,
            place,
        })
    }

    /// Whether it is reached in the clear.
    pub fn is_plain(&self) -> bool {
        self.scheme == Scheme::HTTP
    }

    /// The address without a path.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.authority)
    }

    /// The address on the backend of one on the proxy; `None` for what is no path.
    pub fn locate(&self, asked: &Uri) -> Option<Uri> {
        let query = asked.query().map(|query| format!("?{query}"));
        let query = query.unwrap_or_default();
        let path = match (&self.place, asked.path()) {
            (Place::Endpoint(endpoint), ENDPOINT) => endpoint.clone(),
            (Place::Before(before), path) => format!("{before}{path}"),
            (_, path) => path.to_owned(),
        };
        let path: PathAndQuery = format!("{path}{query}").parse().ok()?;
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path)
            .build()
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(upstream: &str, asked: &str) -> String {
        let upstream = Upstream::new(&Url::parse(upstream).unwrap()).unwrap();
        upstream
            .locate(&asked.parse().unwrap())
            .unwrap()
            .to_string()
    }

    #[test]
    fn a_path_is_the_endpoint_unless_it_ends_with_a_slash() {
        let same = "http://h:1";
        assert_eq!(located(same, "/chatkit?a=1"), "http://h:1/chatkit?a=1");
        let endpoint = "http://h/api/chat";
        assert_eq!(located(endpoint, "/chatkit"), "http://h/api/chat");
        assert_eq!(located(endpoint, "/api/chat"), "http://h/api/chat");
        assert_eq!(located(endpoint, "/files/1"), "http://h/files/1");
        assert_eq!(
            located("https://[::1]:2/app/", "/x"),
            "https://[::1]:2/app/x"
        );
    }
}
