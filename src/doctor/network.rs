//! Names, connections, certificates and proxies in plain words.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use jiff::Timestamp;

use super::{Code, Finding, Step, span};
use crate::client::probe::{Attempt, Handshake, Proxy, TlsProblem};
use crate::plural::plural;

/// How soon a certificate's end is worth a word.
const SOON: Duration = Duration::from_secs(14 * 24 * 3600);

/// How many seconds a server's clock may differ from ours before it is worth a word.
const SKEW: i64 = 120;

/// What a host's name resolves to.
pub fn dns(host: &str, resolved: &Result<Vec<SocketAddr>, String>) -> Finding {
    match resolved {
        Ok(addresses) if host_is_ip(host) && !addresses.is_empty() => {
            Step::Dns.ok(format!("{host} is an address and needs no name"))
        }
        Ok(addresses) => {
            let addresses: Vec<_> = addresses.iter().map(|a| a.ip().to_string()).collect();
            Step::Dns.ok(format!("{host} is {}", addresses.join(", ")))
        }
        Err(reason) => Step::Dns.failed(
            Code::Unreached,
            format!("the name {host} cannot be resolved: {reason}"),
            "check its spelling, and whether this machine needs a VPN or another DNS server to know it",
        ),
    }
}

fn host_is_ip(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.parse::<IpAddr>().is_ok()
}

/// Whether connections are accepted.
pub fn tcp(host: &str, attempts: &[Attempt]) -> Finding {
    let made: Vec<_> = attempts.iter().filter(|a| a.outcome.is_ok()).collect();
    let refused: Vec<_> = attempts.iter().filter(|a| a.outcome.is_err()).collect();
    let Some(Attempt {
        address,
        outcome: Ok(time),
    }) = made.first()
    else {
        return unconnected(attempts);
    };
    if host == "localhost" && !refused.is_empty() {
        let deaf = refused[0].address;
        return Step::Tcp.warning(
            format!("{address} answers, but {deaf} does not, and 'localhost' is both"),
            format!("use {} in the address, or let the backend listen on both: some clients try only the first", address.ip()),
        );
    }
    Step::Tcp.ok(format!("{address} answers in {}", span(*time)))
}

fn unconnected(attempts: &[Attempt]) -> Finding {
    let Some(Attempt {
        address,
        outcome: Err(kind),
    }) = attempts.first()
    else {
        return Step::Tcp.skipped("there is no address to connect to");
    };
    let (reason, remedy) = match kind {
        ErrorKind::ConnectionRefused => (
            format!("nothing listens on {address}: connection refused"),
            "start the backend, and check its port; in a container, localhost is the container itself, \
             and a backend has to listen on 0.0.0.0 to be reached from outside",
        ),
        ErrorKind::TimedOut => (
            format!("{address} does not answer at all"),
            "look for a firewall or a security group in between, and check the address",
        ),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => (
            format!("there is no way to {address} from this machine"),
            "check this machine's network, VPN and routes",
        ),
        other => (
            format!("no connection to {address}: {other}"),
            "check the address and the network",
        ),
    };
    Step::Tcp.failed(Code::Unreached, reason, remedy)
}

/// What a server's certificate is worth.
pub fn tls(host: &str, handshake: &Result<Handshake, String>, now: Timestamp) -> Finding {
    let shown = match handshake {
        Ok(shown) => shown,
        Err(reason) => {
            let remedy = if reason.contains("does not speak TLS") {
                "use http:// in the address, or the port where TLS is spoken"
            } else {
                "check whether TLS is spoken there at all, and with which settings; else use http:// in the address"
            };
            return Step::Tls.failed(Code::Unreached, reason.clone(), remedy);
        }
    };
    if !shown.problems.is_empty() {
        return distrusted(host, &shown.problems, now);
    }
    let version = shown.version.replace('_', ".").replace("TLSv", "TLS ");
    let chain = match shown.certificates {
        1 => "1 certificate".to_owned(),
        n => format!("{n} certificates"),
    };
    let Some(expires) = shown.expires else {
        return Step::Tls.ok(format!("{version}, {chain}, trusted here"));
    };
    let left = expires.as_second().saturating_sub(now.as_second());
    if u64::try_from(left).is_ok_and(|left| left < SOON.as_secs()) {
        return Step::Tls.warning(
            format!(
                "the certificate expires on {}, {}",
                day(expires),
                days_until(expires, now)
            ),
            "renew it, and look why that did not happen by itself",
        );
    }
    Step::Tls.ok(format!(
        "{version}, {chain}, trusted here, good until {}",
        day(expires)
    ))
}

/// In how many days it is that day (UTC): what is 47 hours off may be tomorrow or the day after.
fn days_until(day: Timestamp, now: Timestamp) -> String {
    let number = |time: Timestamp| time.as_second().div_euclid(86_400);
    match number(day) - number(now) {
        0 => "today".to_owned(),
        days => format!("in {}", plural(days, "day")),
    }
}

fn distrusted(host: &str, problems: &[TlsProblem], now: Timestamp) -> Finding {
    let reasons: Vec<_> = problems
        .iter()
        .map(|problem| reason(host, problem, now))
        .collect();
    let remedies: Vec<_> = problems
        .iter()
        .map(|problem| remedy(host, problem))
        .collect();
    Step::Tls.failed(Code::Unreached, reasons.join("; "), remedies.join("; "))
}

fn reason(host: &str, problem: &TlsProblem, now: Timestamp) -> String {
    match problem {
        TlsProblem::Expired(Some(end)) => format!("the certificate expired on {}", day(*end)),
        TlsProblem::Expired(None) => "the certificate has expired".to_owned(),
        TlsProblem::NotValidYet(begin) => {
            let begin = begin.map(|begin| format!(" before {}", day(begin)));
            format!(
                "the certificate is not valid{}, and this machine's clock says {}",
                begin.as_deref().unwrap_or(" yet"),
                day(now)
            )
        }
        TlsProblem::WrongName(names) if names.is_empty() => {
            format!("the certificate is not for {host}")
        }
        TlsProblem::WrongName(names) => {
            format!(
                "the certificate is for {}, not for {host}",
                names.join(", ")
            )
        }
        TlsProblem::SelfSigned => {
            "the certificate is signed by itself, so anyone could have made it".to_owned()
        }
        TlsProblem::Alone => {
            "the server sends its own certificate only, and who signed it is not known here"
                .to_owned()
        }
        TlsProblem::UnknownIssuer => {
            "the certificate is signed by nobody who is known here".to_owned()
        }
        TlsProblem::NoRoots => "this machine has no certificates to judge any other by".to_owned(),
        TlsProblem::Authority => {
            "the certificate is one that signs others (CA:TRUE), which may not stand for a server"
                .to_owned()
        }
        TlsProblem::Other(text) => format!("the certificate is not valid: {text}"),
    }
}

fn remedy(host: &str, problem: &TlsProblem) -> String {
    match problem {
        TlsProblem::Expired(_) => "renew the certificate; if it was renewed, restart the server, and check this machine's clock".to_owned(),
        TlsProblem::NotValidYet(_) => "set this machine's clock".to_owned(),
        TlsProblem::WrongName(_) => {
            format!("use a name of the certificate in the address, or get one for {host}")
        }
        TlsProblem::SelfSigned => {
            "use http:// for a local backend, or let this machine trust the certificate (SSL_CERT_FILE names a file of trusted ones); browsers refuse it too".to_owned()
        }
        TlsProblem::Alone => {
            "let the server send the whole chain (fullchain.pem), or let this machine trust its issuer (SSL_CERT_FILE)".to_owned()
        }
        TlsProblem::UnknownIssuer => {
            "let this machine trust the issuer (SSL_CERT_FILE), as behind a company's proxy; or get a certificate from a public one".to_owned()
        }
        TlsProblem::NoRoots => "install the system's certificates (ca-certificates)".to_owned(),
        TlsProblem::Authority => {
            "give the server a certificate of its own that the authority signs; openssl req -x509 makes an authority unless it is told -addext basicConstraints=critical,CA:FALSE".to_owned()
        }
        TlsProblem::Other(_) => "replace the certificate".to_owned(),
    }
}

/// That the address asks for no TLS.
pub fn plain_http(is_loopback: bool) -> Finding {
    if is_loopback {
        return Step::Tls.skipped("http:// to this machine needs none");
    }
    Step::Tls.warning(
        "http:// sends messages and credentials readable by anyone on the way",
        "use https://; a page that came by https may not call http:// at all",
    )
}

/// What the proxy variables do to this address; `set` holds those that are set, with values masked.
pub fn proxy(host: &str, set: &[String], used: Option<&Proxy>) -> Finding {
    let named = set.join(", ");
    match used {
        None if set.is_empty() => Step::Proxy.ok("no proxy variable is set"),
        None => Step::Proxy.ok(format!("{named}: none applies to {host}")),
        Some(proxy) if is_private(host) => Step::Proxy.warning(
            format!(
                "{host} is asked for through {} ({named}), though it looks local",
                proxy.address
            ),
            format!("add {host} to NO_PROXY if the proxy cannot reach it"),
        ),
        Some(proxy) => Step::Proxy.ok(format!(
            "{host} is asked for through {} ({named})",
            proxy.address
        )),
    }
}

/// What was found on the way to a proxy, said of the proxy: the backend may well be there.
pub fn of_proxy(finding: Finding, target: &str, set: &[String], proxy: &Proxy) -> Finding {
    let reason = format!("the proxy {}: {}", proxy.address, finding.reason);
    let remedy = finding.is_failure().then(|| proxy_remedy(target, set));
    Finding {
        reason,
        remedy: remedy.or(finding.remedy),
        ..finding
    }
}

/// That the proxy which the variables name is not to be reached.
pub fn dead_proxy(target: &str, set: &[String], proxy: &Proxy) -> Finding {
    let named = set.join(", ");
    let reason = format!(
        "requests to {target} go through {} ({named}), which is not reached",
        proxy.address
    );
    Step::Proxy.failed(Code::Unreached, reason, proxy_remedy(target, set))
}

fn proxy_remedy(target: &str, set: &[String]) -> String {
    let names: Vec<_> = set
        .iter()
        .filter_map(|set| Some(set.split_once('=')?.0))
        .filter(|name| !name.eq_ignore_ascii_case("no_proxy"))
        .collect();
    format!(
        "start the proxy, or correct or unset {}; add {target} to NO_PROXY if it is reached without one",
        names.join(" and ")
    )
}

fn is_private(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_private() || ip.is_link_local(),
        Ok(IpAddr::V6(ip)) => ip.is_unique_local(),
        Err(_) => match host.rsplit_once('.') {
            None => true,
            Some((_, top)) => matches!(top, "local" | "internal" | "lan" | "home"),
        },
    }
}

/// How far the server's clock, by its `Date` header, is from ours, in seconds, if it matters.
pub fn skew(date: Option<&str>, now: Timestamp) -> Option<i64> {
    let theirs = jiff::fmt::rfc2822::parse(date?).ok()?.timestamp();
    let ahead = now.as_second() - theirs.as_second();
    (ahead.abs() > SKEW).then_some(ahead)
}

fn day(at: Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    const FAILED: Verdict = Verdict::Failed(Code::Unreached);

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn shown(problems: Vec<TlsProblem>, expires: Option<&str>) -> Handshake {
        Handshake {
            version: "TLSv1_3".into(),
            certificates: 2,
            expires: expires.map(at),
            problems,
        }
    }

    fn attempt(address: &str, outcome: Result<Duration, ErrorKind>) -> Attempt {
        Attempt {
            address: address.parse().unwrap(),
            outcome,
        }
    }

    #[test]
    fn what_fails_on_the_way_to_a_proxy_is_said_of_the_proxy() {
        let proxy = Proxy {
            address: "http://127.0.0.1:1".into(),
            host: "127.0.0.1".into(),
            port: 1,
        };
        let set = [
            "HTTP_PROXY=http://127.0.0.1:1".to_owned(),
            "NO_PROXY=a".into(),
        ];
        let refused = attempt("127.0.0.1:1", Err(ErrorKind::ConnectionRefused));
        let finding = of_proxy(tcp("127.0.0.1", &[refused]), "example.test", &set, &proxy);
        assert_eq!(finding.verdict, FAILED);
        let reason = "the proxy http://127.0.0.1:1: nothing listens on 127.0.0.1:1";
        assert!(finding.reason.starts_with(reason), "{}", finding.reason);
        let remedy = finding.remedy.unwrap();
        assert!(remedy.contains("correct or unset HTTP_PROXY;"), "{remedy}");
        assert!(remedy.contains("add example.test to NO_PROXY"), "{remedy}");
        let fine = of_proxy(Step::Tcp.ok("fine"), "example.test", &set, &proxy);
        assert_eq!((fine.verdict, fine.remedy), (Verdict::Ok, None));
    }

    #[test]
    fn each_way_not_to_connect_has_a_remedy_of_its_own() {
        for (kind, reason, remedy) in [
            (
                ErrorKind::ConnectionRefused,
                "nothing listens on 127.0.0.1:9",
                "start the backend",
            ),
            (ErrorKind::TimedOut, "does not answer at all", "firewall"),
            (ErrorKind::NetworkUnreachable, "no way to", "routes"),
        ] {
            let finding = tcp("h", &[attempt("127.0.0.1:9", Err(kind))]);
            assert_eq!(finding.verdict, FAILED);
            assert!(finding.reason.contains(reason), "{finding:?}");
            assert!(finding.remedy.unwrap().contains(remedy));
        }
    }

    #[test]
    fn a_localhost_that_answers_by_one_of_its_addresses_is_noticed() {
        let attempts = [
            attempt("[::1]:8000", Err(ErrorKind::ConnectionRefused)),
            attempt("127.0.0.1:8000", Ok(Duration::ZERO)),
        ];
        assert_eq!(tcp("localhost", &attempts).verdict, Verdict::Warning);
        assert_eq!(tcp("example.com", &attempts).verdict, Verdict::Ok);
    }

    #[test]
    fn every_fault_of_a_certificate_is_named() {
        let now = at("2026-11-21T00:00:00Z");
        for (problem, words) in [
            (
                TlsProblem::Expired(Some(at("2026-11-01T00:00:00Z"))),
                "expired on 1 November 2026",
            ),
            (
                TlsProblem::NotValidYet(Some(at("2027-01-01T00:00:00Z"))),
                "not valid before 1 January 2027, and this machine's clock says 21 November 2026",
            ),
            (
                TlsProblem::WrongName(vec!["other.test".into()]),
                "is for other.test, not for h",
            ),
            (TlsProblem::SelfSigned, "signed by itself"),
            (TlsProblem::Alone, "its own certificate only"),
            (TlsProblem::NoRoots, "no certificates"),
        ] {
            let finding = tls("h", &Ok(shown(vec![problem], None)), now);
            assert_eq!(finding.verdict, FAILED);
            assert!(finding.reason.contains(words), "{finding:?}");
        }
        let several = vec![TlsProblem::SelfSigned, TlsProblem::WrongName(Vec::new())];
        let finding = tls("h", &Ok(shown(several, None)), now);
        assert!(finding.reason.contains("itself") && finding.reason.contains("not for h"));
    }

    #[test]
    fn a_certificate_that_soon_expires_is_worth_a_word() {
        let now = at("2026-11-21T00:00:00Z");
        let soon = tls("h", &Ok(shown(vec![], Some("2026-11-24T01:00:00Z"))), now);
        assert_eq!(soon.verdict, Verdict::Warning);
        assert!(soon.reason.contains("in 3 days"), "{soon:?}");
        let later = tls("h", &Ok(shown(vec![], Some("2027-11-24T01:00:00Z"))), now);
        assert_eq!(
            later.reason,
            "TLS 1.3, 2 certificates, trusted here, good until 24 November 2027"
        );
        let plain = tls("h", &Err("it does not speak TLS here".into()), now);
        assert!(plain.remedy.unwrap().contains("http://"));
    }

    #[test]
    fn a_clock_that_is_wrong_is_noticed_and_a_slow_answer_is_not() {
        let now = at("2026-11-21T10:00:00Z");
        assert_eq!(skew(Some("Sat, 21 Nov 2026 09:00:00 GMT"), now), Some(3600));
        assert_eq!(skew(Some("Sat, 21 Nov 2026 10:00:40 GMT"), now), None);
        assert_eq!(skew(Some("rubbish"), now), None);
        assert_eq!(skew(None, now), None);
    }

    #[test]
    fn a_proxy_before_something_local_is_suspect() {
        let used = Proxy {
            address: "http://p:3128".into(),
            host: "p".into(),
            port: 3128,
        };
        let set = ["HTTP_PROXY=http://p:3128".to_owned()];
        assert_eq!(
            proxy("backend", &set, Some(&used)).verdict,
            Verdict::Warning
        );
        assert_eq!(
            proxy("api.openai.com", &set, Some(&used)).verdict,
            Verdict::Ok
        );
        assert!(proxy("h", &set, None).reason.contains("none applies"));
    }
}
