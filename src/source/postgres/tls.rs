//! TLS to a PostgreSQL server, as far as `sslmode` asks for it.
//!
//! What each mode believes is said in [`PostgresSettings`](super::PostgresSettings).

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{self, CryptoProvider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

/// How much is asked of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// How a connection is encrypted, and whom it believes.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) mode: SslMode,
    pub(super) connect: MakeRustlsConnect,
}

impl Tls {
    /// What these settings ask for; why it cannot be had, for a person.
    pub(super) fn of(mode: Option<&str>, roots: Option<&Path>) -> Result<Self, String> {
        let mode = match mode {
            None | Some("prefer") => Mode::Prefer,
            Some("disable") => Mode::Disable,
            // This is what the server's own programs take it for.
            Some("require") if roots.is_some() => Mode::VerifyCa,
            Some("require") => Mode::Require,
            Some("verify-ca") => Mode::VerifyCa,
            Some("verify-full") => Mode::VerifyFull,
            Some(_) => {
                let known = "disable, prefer, require, verify-ca and verify-full";
                return Err(format!("sslmode is unknown; there are {known}"));
            }
        };
        let provider = Arc::new(crypto::ring::default_provider());
        let verifier = verifier(mode, roots, provider.clone())?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        let mode = match mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            _ => SslMode::Require,
        };
        Ok(Self { mode, connect: MakeRustlsConnect::new(config) })
    }
}

fn verifier(
    mode: Mode,
    roots: Option<&Path>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, String> {
    if !matches!(mode, Mode::VerifyCa | Mode::VerifyFull) {
        return Ok(Arc::new(Lenient { chain: None, provider }));
    }
    let roots = Arc::new(trusted(roots)?);
    let chain = WebPkiServerVerifier::builder_with_provider(roots, provider.clone())
        .build()
        .map_err(|error| error.to_string())?;
    Ok(match mode {
        Mode::VerifyFull => chain,
        _ => Arc::new(Lenient { chain: Some(chain), provider }),
    })
}

/// The authorities that are believed.
fn trusted(roots: Option<&Path>) -> Result<RootCertStore, String> {
    // As PostgreSQL's own programs write those of the system.
    let roots = roots.filter(|path| *path != Path::new("system"));
    let mut store = RootCertStore::empty();
    match roots {
        Some(path) => {
            let unread = |error| format!("sslrootcert: {}: {error}", path.display());
            for certificate in CertificateDer::pem_file_iter(path).map_err(unread)? {
                let certificate = certificate.map_err(unread)?;
                let unfit = |error| format!("sslrootcert: {}: {error}", path.display());
                store.add(certificate).map_err(unfit)?;
            }
        }
        // One that the system has and rustls cannot read is of no use, and no harm.
        None => _ = store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs),
    }
    if store.is_empty() {
        return Err("no trusted certificates; name a file of them by sslrootcert".to_owned());
    }
    Ok(store)
}

/// Believes any host, if its certificate is by a trusted authority where there are such.
#[derive(Debug)]
struct Lenient {
    chain: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        let verified =
            chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            // The name is looked at last, when the chain has been found good.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
