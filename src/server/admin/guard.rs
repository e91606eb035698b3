//! Who may steer the mock: programs on this machine and its own page, but no page of another origin.
//!
//! What comes through a reverse proxy on this machine, or a tunnel that ends here, is asked by somebody
//! else, whose browser or program may be anywhere; it shows in the headers that those add.
//!
//! A page anywhere on the web can make its visitor's browser ask this machine. Its requests show in
//! what the browser adds and no script can leave out: `Origin`, and `Sec-Fetch-Site` where there is
//! no `Origin`. A name that was pointed here (DNS rebinding) was refused before, by its `Host`. No
//! answer of `/__mock` carries a CORS header, so that nothing of one can be read either.

use std::net::IpAddr;

use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};

use super::super::config::Steering;
use super::super::forwarded;
use super::super::refusal::Refusal;

/// Lets a request in, or says why not.
pub(super) fn admit(steering: Steering, parts: &Parts, peer: IpAddr) -> Result<(), Refusal> {
    if steering == Steering::Loopback {
        from_here(parts, peer)?;
    }
    if is_foreign(&parts.headers) {
        return Err(refused(
            "foreign_origin",
            "/__mock answers no page of another origin",
        ));
    }
    Ok(())
}

/// Refuses what another machine asks, by itself or through a proxy.
fn from_here(parts: &Parts, peer: IpAddr) -> Result<(), Refusal> {
    let only = "/__mock answers this machine only";
    let open = "start the mock with --admin-open to open it";
    if !peer.to_canonical().is_loopback() {
        return Err(refused("not_loopback", &format!("{only}; {open}")));
    }
    match forwarded::sign(&parts.headers) {
        None => Ok(()),
        Some(sign) => Err(refused(
            "not_loopback",
            &format!("{only}, and this came through a proxy (by its {sign} header); {open}"),
        )),
    }
}

/// Whether the request comes from a page that is not the mock's own.
fn is_foreign(headers: &HeaderMap) -> bool {
    if let Some(origin) = headers.get(header::ORIGIN) {
        let name = origin
            .to_str()
            .ok()
            .and_then(|origin| origin.split_once("://"));
        let Some((_, name)) = name else {
            return true;
        };
        let host = headers.get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok());
        // A page could only name itself there after a preflight, which is refused.
        let forwarded = forwarded::host(headers);
        let mut own = host.into_iter().chain(forwarded.as_deref());
        return !own.any(|own| own.eq_ignore_ascii_case(name));
    }
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}

fn refused(code: &'static str, message: &str) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, code, message)
}
