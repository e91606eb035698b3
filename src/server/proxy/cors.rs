//! What a page needs to read an answer, where the backend did not think of pages.

use axum::body::Body;
use axum::http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header,
};

/// What a page tells of itself.
#[derive(Clone, Debug)]
pub(super) struct Page {
    origin: HeaderValue,
    method: Option<HeaderValue>,
    headers: Option<HeaderValue>,
    is_preflight: bool,
}

impl Page {
    /// The page that asks, if it is one.
    pub fn of(request: &Request<Body>) -> Option<Self> {
        let header = |name: HeaderName| request.headers().get(name).cloned();
        let method = header(header::ACCESS_CONTROL_REQUEST_METHOD);
        Some(Self {
            origin: header(header::ORIGIN)?,
            is_preflight: request.method() == Method::OPTIONS && method.is_some(),
            method,
            headers: header(header::ACCESS_CONTROL_REQUEST_HEADERS),
        })
    }

    /// Whether the page only asks if it may ask.
    pub fn is_preflight(&self) -> bool {
        self.is_preflight
    }

    /// Lets the page read the answer, unless the backend has said who may.
    pub fn admit(&self, response: &mut Response<Body>) {
        let told = response
            .headers()
            .contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        if told && (!self.is_preflight || response.status().is_success()) {
            return;
        }
        if self.is_preflight {
            *response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            self.permit(response.headers_mut());
        }
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, self.origin.clone());
        let yes = HeaderValue::from_static("true");
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        let exposed = HeaderValue::from_static("x-request-id, retry-after");
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }

    fn permit(&self, headers: &mut HeaderMap) {
        let asked = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, &self.method),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, &self.headers),
        ];
        for (name, value) in asked {
            if let Some(value) = value {
                headers.insert(name, value.clone());
            }
        }
        let allow = HeaderName::from_static("access-control-allow-private-network");
        headers.insert(allow, HeaderValue::from_static("true"));
    }
}
