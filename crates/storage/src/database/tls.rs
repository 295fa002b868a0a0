//! TLS towards the database: rustls with ring, which checks a server's certificate as `psql` would.

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::DatabaseError;
use super::certificate::Verifier;

/// What is asked of the certificate that a server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// Nothing: the connection is encrypted, but any server could be at the other end.
    Nothing,
    /// That it was signed by somebody who is trusted.
    Chain,
    /// That, and that it is made out to the host of the address.
    ChainAndName,
}

/// Makes the connector. A PEM file that is named is trusted alone, in place of the system's certificates.
pub(super) fn connector(check: Check, root: Option<&Path>) -> Result<MakeRustlsConnect, DatabaseError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let unusable = |error: &dyn std::fmt::Display| DatabaseError::Certificates { reason: error.to_string() };
    let verifier = match check {
        Check::Nothing => Verifier::of_nothing(&provider),
        Check::Chain | Check::ChainAndName => {
            let named = root.map(read).transpose()?.unwrap_or_default();
            let roots = if root.is_some() { only(&named)? } else { of_the_system() };
            Verifier::new(check, roots, named, &provider).map_err(|error| unusable(&error))?
        }
    };
    Ok(MakeRustlsConnect::new(config(provider, verifier).map_err(|error| unusable(&error))?))
}

fn config(provider: Arc<CryptoProvider>, verifier: Verifier) -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}

fn of_the_system() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

fn only(named: &[CertificateDer<'static>]) -> Result<RootCertStore, DatabaseError> {
    let mut roots = RootCertStore::empty();
    for certificate in named {
        let unusable = |error: rustls::Error| DatabaseError::Certificates { reason: error.to_string() };
        roots.add(certificate.clone()).map_err(unusable)?;
    }
    Ok(roots)
}

/// Reads a PEM file of certificates.
fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, DatabaseError> {
    let wrong = |error: &dyn std::fmt::Display| DatabaseError::Certificates { reason: format!("{}: {error}", path.display()) };
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| wrong(&error))?;
    let certificates: Vec<_> = certificates.collect::<Result<_, _>>().map_err(|error| wrong(&error))?;
    if certificates.is_empty() { Err(wrong(&"it holds no certificate")) } else { Ok(certificates) }
}
