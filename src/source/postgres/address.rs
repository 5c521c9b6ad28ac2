//! Where a PostgreSQL server is: connection strings as its own programs read them.
//!
//! A password is taken out as soon as it is seen, and no message quotes what was written, for
//! the part in question might be a piece of a password. Nothing is connected here.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::source::SourceError;

/// What can be said of a server, and the environment variable that says it if nothing else does.
const KEYWORDS: [(&str, &str); 12] = [
    ("channel_binding", "PGCHANNELBINDING"),
    ("host", "PGHOST"),
    ("port", "PGPORT"),
    ("user", "PGUSER"),
    ("dbname", "PGDATABASE"),
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("options", "PGOPTIONS"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
    ("application_name", "PGAPPNAME"),
    ("service", "PGSERVICE"),
];

/// Keywords of PostgreSQL's own that are told by name when they are refused.
const UNSUPPORTED: [&str; 8] = [
    "hostaddr",
    "passfile",
    "sslcert",
    "sslkey",
    "sslcrl",
    "gssencmode",
    "keepalives",
    "load_balance_hosts",
];

/// What stands in a URL as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where the database is, and as whom it is asked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostgresSettings {
    /// The connection string without a password: `postgres://reader@host:5432/shop`, or as
    /// words, `host=db dbname=shop user=reader`.
    ///
    /// `sslmode` is `prefer` unless it is said. `disable` never uses TLS. `prefer` and `require`
    /// encrypt but believe any certificate, `prefer` if the server offers it; with `sslrootcert`
    /// `require` means `verify-ca`. `verify-ca` wants a certificate by an authority that is
    /// trusted, `verify-full` also the host's name in it. Trusted are those of the system, or
    /// those of the PEM file that `sslrootcert` names. On a socket file there is no TLS.
    pub url: String,
}

impl fmt::Debug for PostgresSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever made these by hand may have left the password in.
        let url = Self::parse(&self.url).map_or_else(|_| "..".to_owned(), |(plain, _)| plain.url);
        f.debug_struct("PostgresSettings").field("url", &url).finish()
    }
}

impl PostgresSettings {
    /// The settings of a connection string, and the password that stood in it.
    ///
    /// # Errors
    ///
    /// [`SourceError::Settings`] if it cannot be read or says what is not supported.
    pub fn parse(url: &str) -> Result<(Self, Option<SecretString>), SourceError> {
        let (address, password) = Address::parse(url)?;
        Ok((Self { url: address.url() }, password))
    }

    /// The same with what is missing filled in from PostgreSQL's environment variables and from
    /// its service file, and the password from there. `variable` gives a variable's value.
    ///
    /// # Errors
    ///
    /// [`SourceError::Settings`] if the connection string or a service makes no sense.
    pub fn with_environment(
        self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<(Self, Option<SecretString>), SourceError> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let (mut address, mut password) = Address::parse(&self.url)?;
        let service = address.0.remove("service").or_else(|| variable("PGSERVICE"));
        if let Some(service) = service {
            let (known, secret) = read_service(&service, &variable)?;
            for (keyword, value) in known.0 {
                address.0.entry(keyword).or_insert(value);
            }
            password = password.or(secret);
        }
        for (keyword, name) in KEYWORDS.into_iter().filter(|(keyword, _)| *keyword != "service") {
            if let Some(value) = variable(name) {
                address.0.entry(keyword).or_insert(value);
            }
        }
        if let Some(name) = variable("USER") {
            address.0.entry("user").or_insert(name);
        }
        let password = password.or_else(|| variable("PGPASSWORD").map(SecretString::from));
        Ok((Self { url: address.url() }, password))
    }
}

/// The words of a service in the file of services.
fn read_service(
    service: &str,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<(Address, Option<SecretString>), SourceError> {
    let own = || Some(PathBuf::from(variable("HOME")?).join(".pg_service.conf"));
    let path = variable("PGSERVICEFILE").map(PathBuf::from).or_else(own);
    let wrong = |reason: String| SourceError::Settings { setting: "PGSERVICE".to_owned(), reason };
    let path = path.ok_or_else(|| wrong("no file of services is known".to_owned()))?;
    let text = std::fs::read_to_string(&path)
        .map_err(|error| wrong(format!("{} cannot be read: {error}", path.display())))?;
    let mut lines = text.lines().map(str::trim).skip_while(|it| *it != format!("[{service}]"));
    if lines.next().is_none() {
        return Err(wrong(format!("{} has no service {service}", path.display())));
    }
    let mut address = Address::default();
    let mut password = None;
    for line in lines.take_while(|line| !line.starts_with('[')) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (keyword, value) = line
            .split_once('=')
            .ok_or_else(|| wrong(format!("{}: a line without `=`", path.display())))?;
        address.set(keyword.trim(), value.trim().to_owned(), &mut password)?;
    }
    Ok((address, password))
}

/// What a connection string says, but for the password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Address(BTreeMap<&'static str, String>);

impl Address {
    pub(super) fn parse(text: &str) -> Result<(Self, Option<SecretString>), SourceError> {
        let mut address = Self::default();
        let mut password = None;
        let text = text.trim();
        let rest = text.split_once("://").filter(|(scheme, _)| is_scheme(scheme));
        let rest = rest.map(|(_, rest)| rest);
        match rest {
            Some(rest) => address.read_url(rest, &mut password)?,
            None if text.contains("://") => {
                return Err(wrong("a URL begins with `postgres://`"));
            }
            None => address.read_words(text, &mut password)?,
        }
        Ok((address, password))
    }

    pub(super) fn get(&self, keyword: &str) -> Option<&str> {
        self.0.get(keyword).map(String::as_str)
    }

    /// The hosts, each with its port.
    ///
    /// # Errors
    ///
    /// [`SourceError::Settings`] if a port is no number, or is missing.
    pub(super) fn hosts(&self) -> Result<Vec<(&str, u16)>, SourceError> {
        let hosts: Vec<_> = self.get("host").unwrap_or("localhost").split(',').collect();
        let ports: Vec<_> = self.get("port").unwrap_or("5432").split(',').collect();
        if ports.len() != 1 && ports.len() != hosts.len() {
            return Err(wrong("there are more hosts or more ports; say one port, or one a host"));
        }
        let port = |at: usize| ports.get(at).unwrap_or(&ports[0]);
        let number = |port: &str| match port {
            "" => Ok(5432),
            port => port.parse().map_err(|_| wrong("a port is no number below 65536")),
        };
        hosts.into_iter().enumerate().map(|(at, host)| Ok((host, number(port(at))?))).collect()
    }

    /// How a person knows it.
    pub(super) fn name(&self) -> String {
        let host = self.get("host").unwrap_or("localhost");
        format!("postgres:{host}/{}", self.get("dbname").or(self.get("user")).unwrap_or_default())
    }

    fn set(
        &mut self,
        keyword: &str,
        value: String,
        password: &mut Option<SecretString>,
    ) -> Result<(), SourceError> {
        if keyword == "password" {
            *password = Some(SecretString::from(value));
            return Ok(());
        }
        if let Some((known, _)) = KEYWORDS.iter().find(|(known, _)| *known == keyword) {
            self.0.insert(known, value);
            return Ok(());
        }
        let there: Vec<_> = KEYWORDS.iter().map(|(keyword, _)| *keyword).collect();
        let what = UNSUPPORTED.iter().find(|known| **known == keyword);
        let what = what.unwrap_or(&"a keyword of it");
        Err(wrong(&format!("{what} is not supported; there are: password, {}", there.join(", "))))
    }

    /// Reads what stands behind `postgres://`.
    fn read_url(
        &mut self,
        rest: &str,
        password: &mut Option<SecretString>,
    ) -> Result<(), SourceError> {
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (place, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, hosts) = place.rsplit_once('@').unwrap_or(("", place));
        if database.contains('@') || query.contains('@') {
            // What looks like a database may be the rest of a password.
            return Err(wrong("`/`, `?` and `@` in a password are written %2F, %3F and %40"));
        }
        let (user, secret) = user.split_once(':').unwrap_or((user, ""));
        for (keyword, value) in [("user", user), ("password", secret), ("dbname", database)] {
            if !value.is_empty() {
                self.set(keyword, decoded(value)?, password)?;
            }
        }
        if !hosts.is_empty() {
            let parts: Vec<_> = hosts.split(',').map(host_and_port).collect();
            let hosts: Vec<_> =
                parts.iter().map(|(host, _)| decoded(host)).collect::<Result<_, _>>()?;
            self.0.insert("host", hosts.join(","));
            if parts.iter().any(|(_, port)| !port.is_empty()) {
                let ports: Vec<_> = parts.iter().map(|(_, port)| *port).collect();
                self.0.insert("port", ports.join(","));
                self.hosts()?;
            }
        }
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (keyword, value) =
                pair.split_once('=').ok_or_else(|| wrong("a parameter without `=`"))?;
            self.set(&decoded(keyword)?, decoded(value)?, password)?;
        }
        Ok(())
    }

    /// Reads `keyword = value` and `keyword='a value'`.
    fn read_words(
        &mut self,
        text: &str,
        password: &mut Option<SecretString>,
    ) -> Result<(), SourceError> {
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (keyword, after) =
                rest.split_once('=').ok_or_else(|| wrong("a word without `=`"))?;
            let (value, after) = read_value(after.trim_start())?;
            self.set(keyword.trim(), value, password)?;
            rest = after.trim_start();
        }
        Ok(())
    }

    /// The address as a URL.
    pub(super) fn url(&self) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
        let hosts: Vec<_> = self.get("host").unwrap_or_default().split(',').collect();
        let ports: Vec<_> = self.get("port").unwrap_or_default().split(',').collect();
        let place = hosts.iter().enumerate().map(|(at, host)| {
            let host = if host.contains(':') { format!("[{host}]") } else { encoded(host) };
            match ports.get(at).or(ports.first()) {
                Some(port) if !port.is_empty() => format!("{host}:{port}"),
                _ => host,
            }
        });
        let place = place.collect::<Vec<_>>().join(",");
        let user = self.get("user").map_or(String::new(), |user| format!("{}@", encoded(user)));
        let database = encoded(self.get("dbname").unwrap_or_default());
        let mut url = format!("postgres://{user}{place}/{database}");
        let mut sign = '?';
        for (keyword, value) in &self.0 {
            if !["host", "port", "user", "dbname"].contains(keyword) {
                url.push_str(&format!("{sign}{keyword}={}", encoded(value)));
                sign = '&';
            }
        }
        url
    }
}

/// Whether a URL is one of PostgreSQL, of whichever driver: `postgresql+psycopg2` is SQLAlchemy's.
fn is_scheme(scheme: &str) -> bool {
    let scheme = scheme.split_once('+').map_or(scheme, |(scheme, _)| scheme);
    ["postgres", "postgresql"].contains(&scheme)
}

fn wrong(reason: &str) -> SourceError {
    SourceError::Settings { setting: "url".to_owned(), reason: reason.to_owned() }
}

fn decoded(text: &str) -> Result<String, SourceError> {
    let text = percent_decode_str(text).decode_utf8();
    text.map(Into::into).map_err(|_| wrong("a part of it is not UTF-8"))
}

/// A host and its port, empty if there is none; an address of IPv6 stands in brackets.
fn host_and_port(text: &str) -> (&str, &str) {
    if let Some((host, after)) = text.strip_prefix('[').and_then(|it| it.split_once(']')) {
        return (host, after.strip_prefix(':').unwrap_or_default());
    }
    text.split_once(':').unwrap_or((text, ""))
}

/// A value, in quotes or not, and what stands behind it.
fn read_value(text: &str) -> Result<(String, &str), SourceError> {
    let quoted = text.strip_prefix('\'');
    let body = quoted.unwrap_or(text);
    let mut value = String::new();
    let mut signs = body.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '\\' => value.extend(signs.next().map(|(_, sign)| sign)),
            '\'' if quoted.is_some() => return Ok((value, &body[at + 1..])),
            sign if quoted.is_none() && sign.is_whitespace() => return Ok((value, &body[at..])),
            sign => value.push(sign),
        }
    }
    if quoted.is_some() { Err(wrong("a quote is not closed")) } else { Ok((value, "")) }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn parsed(text: &str) -> (String, Option<String>) {
        let (settings, password) = PostgresSettings::parse(text).expect("a connection string");
        (settings.url, password.map(|it| it.expose_secret().to_owned()))
    }

    #[test]
    fn a_password_is_taken_out_wherever_it_stands() {
        let url = "postgres://reader@db.example:6432/shop?sslmode=require";
        for text in [
            "postgresql://reader:s%40cret@db.example:6432/shop?sslmode=require",
            "postgres://reader:s@cret@db.example:6432/shop?sslmode=require",
            "postgres://reader@db.example:6432/shop?password=s%40cret&sslmode=require",
            "host=db.example port = 6432 dbname=shop user=reader password='s@cret' sslmode=require",
        ] {
            assert_eq!(parsed(text), (url.to_owned(), Some("s@cret".to_owned())));
        }
        assert_eq!(parsed(url), (url.to_owned(), None));
    }

    #[test]
    fn hosts_may_be_several_or_numbers_or_folders() {
        for (text, hosts) in [
            ("postgres:///shop", vec![("localhost", 5432)]),
            ("postgres://[::1]:99/", vec![("::1", 99)]),
            ("postgres://a,b:99/", vec![("a", 5432), ("b", 99)]),
            ("postgres://%2Fvar%2Frun/shop", vec![("/var/run", 5432)]),
            ("host=a,b port=7", vec![("a", 7), ("b", 7)]),
        ] {
            let (address, _) = Address::parse(text).expect("an address");
            assert_eq!(address.hosts().expect("hosts"), hosts, "{text}");
            assert_eq!(Address::parse(&address.url()).expect("again").0.hosts(), address.hosts());
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_and_no_password_is_told() {
        for text in [
            "mysql://u:hush@h/d",
            "postgres://u:1/hush@h/d",
            "postgres://u:hush/more@h/d",
            "postgres://u:a?hush@h/d",
            "postgres://u:x@h/d?hush=1",
            "password=a hush",
            "password='hush",
            "password=a hush=b",
            "host=a port=hush password=hush,hush sslcert=x",
        ] {
            let error = PostgresSettings::parse(text).expect_err(text).to_string();
            assert!(!error.contains("hush"), "{error}");
            let by_hand = PostgresSettings { url: text.to_owned() };
            assert!(!format!("{by_hand:?}").contains("hush"));
        }
        let by_hand = PostgresSettings { url: "postgres://u:hush@h/d".to_owned() };
        assert_eq!(format!("{by_hand:?}"), r#"PostgresSettings { url: "postgres://u@h/d" }"#);
    }

    #[test]
    fn what_the_url_leaves_open_is_filled_in_by_service_and_environment() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("services");
        let text =
            "# shops\n[other]\nhost=no\n[shop]\nhost=db\nport=7\npassword=s3\n\n[x]\nuser=n\n";
        std::fs::write(&file, text).expect("a file");
        let file = file.to_str().expect("a path").to_owned();
        let variable = |service: Option<&'static str>| {
            let file = file.clone();
            move |name: &str| match name {
                "PGSERVICE" => service.map(str::to_owned),
                "PGSERVICEFILE" => Some(file.clone()),
                "PGHOST" => Some("elsewhere".to_owned()),
                "PGUSER" => Some(String::new()),
                "USER" => Some("me".to_owned()),
                "PGPASSWORD" => Some("p4".to_owned()),
                _ => None,
            }
        };
        let filled = |service| {
            let (plain, _) = PostgresSettings::parse("postgres:///shop").expect("settings");
            let (settings, password) = plain.with_environment(variable(service))?;
            Ok((settings.url, password.expect("a password").expose_secret().to_owned()))
        };
        let is = |url: &str, password: &str| Ok((url.to_owned(), password.to_owned()));
        assert_eq!(filled(Some("shop")), is("postgres://me@db:7/shop", "s3"));
        assert_eq!(filled(None), is("postgres://me@elsewhere/shop", "p4"));
        let missing: Result<_, SourceError> = filled(Some("nowhere"));
        assert!(missing.expect_err("no service").to_string().contains("no service nowhere"));
    }
}
