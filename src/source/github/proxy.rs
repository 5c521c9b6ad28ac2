//! Ways to GitHub through a proxy.
//!
//! Which one is said by whoever makes the source. The proxy makes a tunnel, in which it reads nothing
//! of what is asked by https.

use std::fmt;
use std::sync::Arc;

use http::header::USER_AGENT;
use http::{HeaderValue, Uri};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioExecutor;
use octocrab::service::middleware::auth_header::AuthHeaderLayer;
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use secrecy::{ExposeSecret, SecretString};

/// Proxies by what is asked for, as `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say it.
#[derive(Clone, Default)]
pub struct Proxies(Option<Arc<Matcher>>);

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address of a proxy may hold a password.
        f.debug_struct("Proxies").field("are_said", &self.0.is_some()).finish()
    }
}

impl Proxies {
    /// The proxies that variables of this meaning name. `variable` gives the value of one by its
    /// name in small letters: `https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let [https, http, all] = ["https_proxy", "http_proxy", "all_proxy"].map(&variable);
        if https.is_none() && http.is_none() && all.is_none() {
            return Self(None);
        }
        let said = |value: Option<String>| value.unwrap_or_default();
        let matcher = Matcher::builder().all(said(all)).https(said(https)).http(said(http));
        Self(Some(Arc::new(matcher.no(said(variable("no_proxy"))).build())))
    }

    /// The proxy on the way to this address.
    pub(super) fn to(&self, address: &Uri) -> Option<Intercept> {
        self.0.as_ref()?.intercept(address)
    }
}

/// A client of the API at `base` whose requests go through a tunnel that the proxy makes.
pub(super) fn through(
    proxy: &Intercept,
    base: &Uri,
    agent: &str,
    token: Option<&SecretString>,
) -> Result<Octocrab, String> {
    if proxy.uri().scheme_str() != Some("http") {
        return Err("a proxy is given as http://HOST:PORT".to_owned());
    }
    let mut plain = HttpConnector::new();
    plain.enforce_http(false);
    let mut tunnel = Tunnel::new(proxy.uri().clone(), plain);
    if let Some(secret) = proxy.basic_auth() {
        tunnel = tunnel.with_auth(secret.clone());
    }
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
        .map_err(|error| error.to_string())?
        .https_or_http()
        .enable_http1()
        .wrap_connector(tunnel);
    let header = |text: &str| HeaderValue::from_str(text).map_err(|error| error.to_string());
    let token = token.map(|token| header(&format!("Bearer {}", token.expose_secret())));
    let token = token.transpose()?.map(|mut token| {
        token.set_sensitive(true);
        token
    });
    let own = vec![(USER_AGENT, header(agent)?)];
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let crab = OctocrabBuilder::new_empty()
        .with_service(client)
        .with_layer(&ExtraHeadersLayer::new(Arc::new(own)))
        .with_layer(&BaseUriLayer::new(base.clone()))
        .with_layer(&AuthHeaderLayer::new(token, base.clone(), base.clone()))
        .with_auth(AuthState::None)
        .build();
    Ok(crab.unwrap_or_else(|never| match never {}))
}
