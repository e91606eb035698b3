//! The way to the backend: its name, a connection, the certificate, and proxies in between.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::Examination;
use super::place::Place;
use crate::client::Url;
use crate::client::probe::{self, Proxy};
use crate::doctor::{Step, network};
use crate::error::{Error, Result};

/// How long to wait for a name and for a connection at most.
const NEAR: Duration = Duration::from_secs(5);

/// The variables that name proxies, each also in lower case.
const VARIABLES: &[&str] = &["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

impl Examination<'_> {
    /// Looks at the way, as far as it leads.
    pub(super) async fn way(&mut self, place: &Place) -> Result<()> {
        let cancel = self.context.cancel.clone();
        tokio::select! {
            biased;
            () = cancel.requested() => Err(Error::Interrupted),
            way = self.walk(place) => way,
        }
    }

    async fn walk(&mut self, place: &Place) -> Result<()> {
        let url = &place.url;
        let around = &self.context.around;
        let proxy = probe::proxy_for(url, |name| around.var(name).map(str::to_owned));
        let set = self.proxy_variables();
        // What connections are made to: the proxy, where there is one.
        let (host, port) = match &proxy {
            Some(proxy) => (proxy.host.clone(), proxy.port),
            None => (host(url), url.port_or_known_default().unwrap_or(80)),
        };
        let limit = self.limit().min(NEAR);
        let resolved = probe::resolve(&host, port, limit).await;
        let target = url.host_str().unwrap_or_default();
        let of_whom = |finding| match &proxy {
            Some(proxy) => network::of_proxy(finding, target, &set, proxy),
            None => finding,
        };
        self.add_link(of_whom(network::dns(&host, &resolved)))?;
        let attempts = match &resolved {
            Ok(addresses) => probe::connect(addresses, limit).await,
            Err(_) => Vec::new(),
        };
        let tcp = match self.failed {
            Some(_) => self.skip(Step::Tcp),
            None => of_whom(network::tcp(&host, &attempts)),
        };
        self.add_link(tcp)?;
        let connected = attempts.iter().find(|attempt| attempt.outcome.is_ok());
        self.certificate(
            url,
            connected.map(|attempt| attempt.address),
            proxy.as_ref(),
        )
        .await?;
        let finding = match &proxy {
            Some(proxy) if connected.is_none() => network::dead_proxy(target, &set, proxy),
            _ => network::proxy(target, &set, proxy.as_ref()),
        };
        self.add(finding)
    }

    async fn certificate(
        &mut self,
        url: &Url,
        address: Option<std::net::SocketAddr>,
        proxy: Option<&Proxy>,
    ) -> Result<()> {
        let finding = match address {
            _ if url.scheme() != "https" => network::plain_http(probe::is_loopback(url)),
            None => self.skip(Step::Tls),
            Some(_) if proxy.is_some() => Step::Tls.skipped(
                "a proxy stands in between; the http step goes through it, and says if TLS fails",
            ),
            Some(address) => {
                let host = host(url);
                let limit = self.limit().min(NEAR);
                let shown = probe::handshake(address, &host, SystemTime::now(), limit).await;
                network::tls(&host, &shown, Timestamp::now())
            }
        };
        self.add_link(finding)
    }

    /// Those that are set, without user and password.
    fn proxy_variables(&mut self) -> Vec<String> {
        let mut set = Vec::new();
        for name in VARIABLES {
            for name in [(*name).to_owned(), name.to_ascii_lowercase()] {
                let Some(value) = self.context.around.var(&name) else {
                    continue;
                };
                let value = match value.rsplit_once('@') {
                    Some((before, host)) => {
                        let scheme = before.split_once("://").map(|(scheme, _)| scheme);
                        let scheme = scheme.map(|scheme| format!("{scheme}://"));
                        format!("{}***@{host}", scheme.unwrap_or_default())
                    }
                    None => value.to_owned(),
                };
                set.push(format!("{name}={value}"));
            }
        }
        set
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}
